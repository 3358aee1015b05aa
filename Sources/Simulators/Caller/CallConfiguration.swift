/// How a simulated call reaches the system under test.
package struct CallConfiguration: Sendable {
    /// The public address Twilio would call, as `https://voice.example.com`; what is signed.
    ///
    /// Empty: there is none, and every address in TwiML must be absolute.
    package var publicURL: String

    /// Where to connect instead, as `http://127.0.0.1:8080`; nil: ``publicURL`` itself.
    package var via: String?

    /// The webhook's path.
    package var voicePath = "/twilio/voice"

    /// Who began the call.
    package var direction = CallDirection.inbound

    /// What the call runs when it is answered; nil: the webhook at ``voicePath``.
    package var instructions: CallInstructions?

    /// How an outbound call reaches the one called.
    package var dialing = CallDialing()

    /// The call status callback's path or absolute URL; nil: none is sent.
    package var statusPath: String? = "/twilio/status"

    /// How status callbacks are sent.
    package var statusMethod = "POST"

    /// What status callbacks are sent for.
    package var statusEvents: Set<CallProgressEvent> = [.completed]

    /// The account.
    package var accountSID = "AC11111111111111111111111111111111"

    /// What requests are signed with; nil: they are not signed.
    package var authToken: String?

    /// The caller's number.
    package var from = "+441632960001"

    /// The number called.
    package var to = "+441632960002"

    /// How long the agent must be quiet to have finished, milliseconds.
    package var settleMilliseconds = 900

    /// The longest call, milliseconds; then the caller hangs up.
    package var maximumMilliseconds = 300_000

    /// What goes wrong on the carrier's side.
    package var faults = CallFaults()

    /// A call to a gateway.
    package init(publicURL: String) { self.publicURL = publicURL }
}

/// What can go wrong on the carrier's side of a stream; nothing does by default.
package struct CallFaults: Sendable {
    /// Sign the webhook with another token.
    package var signsWrongly = false

    /// Sign the WebSocket upgrade with another token.
    package var signsUpgradeWrongly = false

    /// Do not sign the WebSocket upgrade.
    package var leavesUpgradeUnsigned = false

    /// Replace the value of the `token` parameter; an empty string leaves the parameter out.
    package var token: String?

    /// Send `sequenceNumber`, `chunk` and `timestamp` as JSON numbers.
    package var sendsNumbers = false

    /// Send an unknown event and a binary frame now and then.
    package var sendsUnknownEvents = false

    /// Send text that is not JSON, half a message and wrong types now and then.
    package var sendsMalformedMessages = false

    /// Send frames of 1, 159 and 320 bytes too.
    package var sendsUnevenFrames = false

    /// Send no media in this span of the stream, milliseconds.
    package var silentLeg: Range<Int>?

    /// Never send a mark back.
    package var losesMarks = false

    /// Cut the connection at this time, without `stop` and without a close frame; milliseconds.
    package var cutsAt: Int?

    /// After ``cutsAt``: run `<Connect action>` as Twilio does, instead of ending the call.
    package var resumesAfterCut = true

    /// End without `stop`: only a close frame.
    package var leavesOutStop = false

    /// Wait this long between `connected` and `start`, milliseconds.
    package var startDelay = 0

    /// Deliver every second status callback before the one it follows.
    package var swapsCallbacks = false

    /// Deliver every status callback twice.
    package var repeatsCallbacks = false

    /// No fault.
    package init() {}
}
