import AsyncHTTPClient

/// Says what went wrong on the way to a server, for the operator.
enum TransportFailure {
    /// The longest description, characters.
    static let maximumCharacters = 160

    /// A short text about an error of the HTTP client or of the network; never anything of a request's headers or body.
    static func describe(_ error: any Error) -> String {
        let text = (error as? HTTPClientError)?.shortDescription ?? String(describing: error)
        return ProviderResponse.printable(String(text.prefix(maximumCharacters)))
    }
}
