internal import NIOCore
internal import NIOPosix
internal import ServiceRuntime
internal import Synchronization

/// Takes the links of gateways, on every loop of the worker.
final class LinkServer: Sendable {
    private struct State {
        var links: [Int: NIOLoopBound<LinkHandler>] = [:]
        var lastNumber = 0
        var isClosed = false
    }

    private let environment: LinkEnvironment
    private let state = Mutex(State())

    /// No links yet.
    init(environment: LinkEnvironment) {
        self.environment = environment
    }

    /// Links up now.
    var linkCount: Int { state.withLock { $0.links.count } }

    /// How a server socket must treat each link.
    ///
    /// - Parameter group: the loops that share the links.
    /// - Returns: a bootstrap that has yet to be bound.
    func bootstrap(on group: any EventLoopGroup) -> ServerBootstrap {
        let settings = environment.settings
        return ServerBootstrap(group: group)
            .childChannelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: settings.receiveBufferBytes)
            )
            .childChannelOption(.writeBufferWaterMark, value: settings.writeBuffer)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.addHandler(to: channel) }
            }
    }

    /// Tells every gateway and session that the process is stopping politely.
    func drain() {
        environment.admission.beginDraining()
        for link in state.withLock({ Array($0.links.values) }) {
            link.eventLoop.execute { link.value.drain() }
        }
    }

    /// Closes every link, and refuses those that still come.
    func close() async {
        let links = state.withLock { state in
            state.isClosed = true
            return Array(state.links.values)
        }
        for link in links {
            try? await link.eventLoop.submit { link.value.close() }.get()
        }
    }

    /// One line about links and sessions, for the operator.
    var status: String {
        let admission = environment.admission
        let sessions = admission.sessions
        if admission.isDraining { return "Draining: \(counted(sessions, "session")) left" }
        return "Serving \(sessions) of \(admission.capacity) sessions on \(counted(linkCount, "link"))"
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)" + (count == 1 ? "" : "s")
    }

    private func addHandler(to channel: any Channel) throws {
        let number = state.withLock { state -> Int? in
            guard !state.isClosed else { return nil }
            state.lastNumber += 1
            return state.lastNumber
        }
        guard let number else { throw ChannelError.ioOnClosedChannel }
        let handler = LinkHandler(channel: channel, environment: environment, link: number) { [self] _ in
            state.withLock { _ = $0.links.removeValue(forKey: number) }
        }
        let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        state.withLock { $0.links[number] = bound }
        try channel.pipeline.syncOperations.addHandler(handler)
    }
}
