package import Observability
package import WorkerProtocol

/// The provider of a session, ready to be asked.
package struct ProviderChoice: Sendable {
    /// How it is asked.
    package let provider: any LanguageModelProvider

    /// Its key.
    package let key: Secret

    /// Chooses for a session.
    ///
    /// - Parameters:
    ///   - settings: The session's; the worker's own base URL goes before the session's.
    ///   - options: The worker's.
    /// - Throws: A permanent failure if the provider is unknown, has no key, or its URL cannot be used.
    package init(settings: LanguageModelSettings, options: LanguageModelOptions) throws(WorkerFailure) {
        switch settings.provider {
        case AnthropicProvider.name:
            try self.init(
                name: settings.provider,
                key: options.anthropicKey,
                keyName: "ANTHROPIC_API_KEY",
                urls: [options.anthropicBaseURL, settings.baseURL, AnthropicProvider.defaultBaseURL],
                make: { AnthropicProvider(baseURL: $0) }
            )
        case OpenAIProvider.name:
            try self.init(
                name: settings.provider,
                key: options.openAIKey,
                keyName: "OPENAI_API_KEY",
                urls: [options.openAIBaseURL, settings.baseURL, OpenAIProvider.defaultBaseURL],
                make: { OpenAIProvider(baseURL: $0) }
            )
        default:
            let detail = "unknown language-model provider \"\(settings.provider)\"; known: anthropic, openai"
            throw WorkerFailure(.rejected, isPermanent: true, detail: detail)
        }
    }

    private init(
        name: String,
        key: Secret?,
        keyName: String,
        urls: [String?],
        make: (ServiceURL) -> any LanguageModelProvider
    ) throws(WorkerFailure) {
        func refusal(_ detail: String) -> WorkerFailure {
            WorkerFailure(.rejected, isPermanent: true, detail: detail, provider: name)
        }
        guard let key else {
            throw refusal("no key for \(name): set \(keyName) or the credential \(keyName.lowercased())")
        }
        // The last one is always there.
        let text = urls.compactMap(\.self).first ?? ""
        do throws(ServiceURLError) {
            let url = try ServiceURL(text)
            guard !url.hasQuery else { throw .malformed }
            provider = make(url)
        } catch {
            throw refusal("the base URL of \(name): \(error)")
        }
        self.key = key
    }
}
