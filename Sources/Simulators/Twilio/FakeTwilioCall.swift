package import JSONText

/// A call as the REST API shows it (Twilio, Call resource).
package struct FakeTwilioCall: Sendable, Equatable {
    /// `CA` and 32 hexadecimal digits.
    package let sid: String

    /// The account it belongs to.
    package let accountSID: String

    /// The number called.
    package let to: String

    /// The number calling.
    package let from: String

    /// Who began it.
    package let direction: CallDirection

    /// Where it is.
    package private(set) var status = CallStatus.queued

    private let created: UInt64
    private var updated: UInt64
    private var answered: UInt64?
    private var ended: UInt64?

    init(sid: String, accountSID: String, to: String, from: String, direction: CallDirection, at now: UInt64) {
        self.sid = sid
        self.accountSID = accountSID
        self.to = to
        self.from = from
        self.direction = direction
        created = now
        updated = now
    }

    /// Takes a new status; what has ended stays as it ended.
    mutating func enter(_ new: CallStatus, at now: UInt64) {
        guard !status.isFinal else { return }
        status = new
        updated = now
        if new == .inProgress { answered = now }
        if new.isFinal { ended = now }
    }

    /// Its path.
    package var path: String { "/2010-04-01/Accounts/\(accountSID)/Calls/\(sid).json" }

    /// The status the API shows, which knows no `initiated`.
    var shownStatus: String { (status == .initiated ? .queued : status).rawValue }

    /// The resource.
    package var json: JSONValue {
        func date(_ time: UInt64?) -> JSONValue {
            time.map { .string(WallClock.mailDate(unixMilliseconds: $0)) } ?? .null
        }
        let seconds = ended.map { ($0 - (answered ?? $0)) / 1000 }
        let below = path.dropLast(".json".count)
        return [
            "sid": .string(sid), "account_sid": .string(accountSID), "parent_call_sid": .null, "to": .string(to),
            "to_formatted": .string(to), "from": .string(from), "from_formatted": .string(from),
            "phone_number_sid": .null, "status": .string(shownStatus),
            "start_time": date(answered), "end_time": date(ended),
            "duration": seconds.map { .string(String($0)) } ?? .null, "price": .null, "price_unit": "USD",
            "direction": .string(direction.rawValue), "answered_by": .null, "api_version": "2010-04-01",
            "forwarded_from": .null, "group_sid": .null, "caller_name": .null, "queue_time": "0", "trunk_sid": .null,
            "date_created": date(created), "date_updated": date(updated), "uri": .string(path),
            "subresource_uris": [
                "recordings": .string(below + "/Recordings.json"), "streams": .string(below + "/Streams.json"),
                "notifications": .string(below + "/Notifications.json"), "events": .string(below + "/Events.json"),
            ],
        ]
    }
}
