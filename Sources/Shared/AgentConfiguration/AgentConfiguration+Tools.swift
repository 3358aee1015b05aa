package import JSONText

extension AgentConfiguration {
    /// What the model may do.
    package struct Tools: Sendable, Equatable {
        /// The built-in tools that are on, in the file's order (`builtin`).
        package var builtin: [Builtin] = []
        /// Where `transfer_call` goes (`transfer`); always there when that tool is on.
        package var transfer: Transfer?
        /// Tools that are HTTP requests (`http`).
        package var http: [HTTPTool] = []

        /// No tools.
        package init() {}
    }

    /// A tool that Dialtone brings along.
    package enum Builtin: String, Sendable, Equatable, CaseIterable {
        /// Says goodbye and hangs up.
        case endCall = "end_call"
        /// Gives the call to a person.
        case transferCall = "transfer_call"
        /// Tells the time in the agent's time zone.
        case currentTime = "current_time"
    }

    /// A person to give calls to.
    package struct Transfer: Sendable, Equatable {
        /// A number in E.164 form or a `sip:` address (`destination`).
        package var destination: String
        /// Said before the transfer if the model said nothing itself (`sentence`).
        package var sentence = "One moment, I'm putting you through."

        /// A transfer to this destination.
        package init(destination: String) {
            self.destination = destination
        }
    }

    /// A tool that is one HTTP request.
    package struct HTTPTool: Sendable, Equatable {
        /// How the request is made.
        package enum Method: String, Sendable, Equatable, CaseIterable {
            /// The input goes into the query.
            case get = "GET"
            /// The input goes into the body.
            case post = "POST"
            /// The input goes into the body.
            case put = "PUT"
            /// The input goes into the body.
            case patch = "PATCH"
            /// The input goes into the query.
            case delete = "DELETE"
        }

        /// One header of the request.
        package struct Header: Sendable, Equatable {
            /// The header's name.
            package var name: String
            /// Its value; `${NAME}` stands for a secret that only the language model's worker knows.
            package var value: String

            /// A header.
            package init(name: String, value: String) {
                self.name = name
                self.value = value
            }
        }

        /// 1 to 64 letters, digits, `_` or `-` (`name`).
        package var name: String
        /// What the model reads to choose the tool (`description`).
        package var description: String
        /// Absolute; plain `http` to loopback only (`url`).
        package var url: String
        /// How the request is made (`method`).
        package var method = Method.post
        /// Headers to add, in the file's order (`headers`).
        package var headers: [Header] = []
        /// The deadline of the whole request (`timeout_ms`).
        package var timeoutMilliseconds = 5_000
        /// Whether it changes something: then it runs once, with an idempotency key (`effect`).
        package var hasEffect = false
        /// A JSON Schema whose root type is `object` (`input_schema`).
        package var inputSchema: JSONValue = ["type": "object", "properties": [:]]

        /// A tool with every default.
        package init(name: String, description: String, url: String) {
            self.name = name
            self.description = description
            self.url = url
        }
    }
}
