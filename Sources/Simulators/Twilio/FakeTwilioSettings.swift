/// How a simulated Twilio behaves.
package struct FakeTwilioSettings: Sendable {
    /// What a second `Status=completed` is answered with: Twilio's answer is not documented.
    package enum LateHangUp: String, Sendable, CaseIterable {
        /// 400 with code 21220.
        case invalidState = "21220"
        /// 404 with code 20404.
        case notFound = "20404"
        /// 200.
        case accepted = "200"
    }

    /// The account.
    package var accountSID = "AC11111111111111111111111111111111"

    /// The account's token: lets requests in and signs webhooks.
    package var authToken = "0123456789abcdef0123456789abcdef"

    /// API keys that let requests in as well: secrets by SID (`SK…`).
    package var apiKeys: [String: String] = [:]

    /// Where all webhooks and streams go instead of the hosts they name, as `http://127.0.0.1:8080`.
    package var via: String?

    /// What an inbound call asks for TwiML; nil: there are no inbound calls.
    package var voiceURL: String?

    /// Where the end of an inbound call is reported.
    package var statusURL: String?

    /// What the other end of every call does.
    package var steps: [CallStep] = []

    /// How long the agent must be quiet to have finished, milliseconds.
    package var settleMilliseconds = 900

    /// The longest call, milliseconds.
    package var maximumMilliseconds = 300_000

    /// How outbound calls are put through.
    package var dialing = CallDialing()

    /// Number the calls from 1 in place of random SIDs.
    package var countsSIDs = false

    /// Milliseconds until a REST request is answered.
    package var latency = 0

    /// REST requests at once; more are answered 429 with code 20429.
    package var requestLimit = 100

    /// Calls at once; further outbound ones fail.
    package var callLimit = 1000

    /// What a hang-up of an ended call is answered with.
    package var lateHangUp = LateHangUp.invalidState

    /// What goes wrong in calls.
    package var faults = CallFaults()

    /// A healthy Twilio that places no inbound calls.
    package init() {}
}
