/// What `dialtone.yaml` says: how this host is reached, and its bounds.
package struct HostConfiguration: Sendable, Equatable {
    /// Where Twilio reaches this host, as `https://voice.example.com`, without a slash at the end (`public_url`).
    package var publicURL: String

    /// The address the gateway listens on (`listen`).
    package var listen = Listen()

    /// Where the processes' sockets are (`run_directory`); an absolute path.
    package var runDirectory = "/run/dialtone"

    /// The agent of calls to numbers that are not in `numbers` (`default_agent`).
    package var defaultAgent: String

    /// The agents by the number that was called (`numbers`).
    package var numbers: [String: String] = [:]

    /// Bounds (`limits`).
    package var limits = Limits()

    /// The answer to a call that is one too many (`refusal_twiml`); well-formed XML with the root `Response`.
    package var refusalTwiML = "<Response><Reject reason=\"busy\"/></Response>"

    /// The telephone provider's account (`twilio`).
    package var twilio = Twilio()

    /// Where the providers are (`providers`).
    package var providers = Providers()

    /// How audio is handed to the telephone provider (`playback`).
    package var playback = Playback()

    /// A host with every default.
    package init(publicURL: String, defaultAgent: String) {
        self.publicURL = publicURL
        self.defaultAgent = defaultAgent
    }

    /// A TCP address to listen on.
    package struct Listen: Sendable, Equatable, CustomStringConvertible {
        /// A host name or address; an IPv6 address without its brackets.
        package var host = "127.0.0.1"

        /// The port; 0 lets the system choose.
        package var port = 8080

        /// The default address.
        package init() {}

        /// An address of its two parts.
        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        /// Reads `HOST:PORT`, an IPv6 address in brackets; nil when it is not of that form.
        package init?(_ text: String) {
            guard let address = SocketAddressText(text) else { return nil }
            self.init(host: address.host, port: address.port)
        }

        /// `HOST:PORT`, an IPv6 address in brackets.
        package var description: String {
            host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    /// Bounds of the gateway.
    package struct Limits: Sendable, Equatable {
        /// Calls at once; one more is answered with the refusal (`calls`).
        package var calls = 100
        /// Bytes of one WebSocket message (`message_bytes`).
        package var messageBytes = 65_536
        /// Bytes of a request's headers (`header_bytes`).
        package var headerBytes = 16_384
        /// Seconds until a stream must have started (`handshake_seconds`).
        package var handshakeSeconds = 5
        /// Minutes a call may last (`call_minutes`).
        package var callMinutes = 240

        /// The default bounds.
        package init() {}
    }

    /// The telephone provider's account.
    package struct Twilio: Sendable, Equatable {
        /// The account whose requests are answered (`account_sid`); nil: any whose signature is right.
        package var accountSID: String?
        /// Whether the upgrade to a media stream must be signed too (`require_stream_signature`).
        package var requireStreamSignature = false

        /// The default account settings.
        package init() {}
    }

    /// Where the providers are; nil: where the worker's environment says, or the provider's own address.
    package struct Providers: Sendable, Equatable {
        /// Deepgram (`deepgram`).
        package var deepgram = Deepgram()
        /// Anthropic's base URL (`anthropic.base_url`).
        package var anthropicBaseURL: String?
        /// The base URL of an OpenAI-compatible server (`openai.base_url`).
        package var openaiBaseURL: String?

        /// The providers' own addresses.
        package init() {}
    }

    /// Where Deepgram is; `ws`, `wss`, `http` or `https`.
    package struct Deepgram: Sendable, Equatable {
        /// For both uses (`base_url`).
        package var baseURL: String?
        /// For speech to text only (`stt_base_url`).
        package var sttBaseURL: String?
        /// For text to speech only (`tts_base_url`).
        package var ttsBaseURL: String?

        /// Deepgram's own address.
        package init() {}

        /// The address for speech to text, if one is configured.
        package var speechToTextURL: String? { sttBaseURL ?? baseURL }

        /// The address for text to speech, if one is configured.
        package var textToSpeechURL: String? { ttsBaseURL ?? baseURL }
    }

    /// How audio is handed to the telephone provider.
    package struct Playback: Sendable, Equatable {
        /// How far audio is sent ahead of the caller's ear (`lead_milliseconds`).
        package var leadMilliseconds = 2_000
        /// How much audio goes into one message (`message_milliseconds`); whole frames of 20 ms.
        package var messageMilliseconds = 100

        /// The default pace.
        package init() {}
    }
}
