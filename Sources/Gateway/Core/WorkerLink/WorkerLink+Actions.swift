import Logging
import NIOCore
import WorkerProtocol

extension WorkerLink {
    /// Milliseconds of the loop's clock.
    var now: Int64 { Int64(clamping: eventLoop.now.uptimeNanoseconds / 1_000_000) }

    func perform(_ actions: [WorkerLinkStateMachine.Action]) {
        for action in actions {
            switch action {
            case .connect: connect()
            case .sendHello(let deadline):
                send(control: LinkMessage.hello(hello).json, session: LinkFrame.linkSession)
                flush()
                let source = connection
                after(deadline) { link in
                    guard link.connection === source else { return }
                    link.perform(link.machine.helloDeadlinePassed(using: &link.generator))
                }
            case .announceOpen:
                logger.info("worker link is up", metadata: ["worker.capacity": "\(machine.capacity)"])
                armBeat()
                owner?.linkOpened(self)
            case .sendHeartbeat:
                send(control: LinkMessage.heartbeat(sessions: sessions.count).json, session: LinkFrame.linkSession)
                armBeat()
            case .announceDraining:
                logger.info("worker is draining")
                armBeat()
                owner?.linkUnavailable(self, failure: nil)
            case .announceLost(let failure): announceLost(failure)
            case .closeSocket: closeSocket()
            case .scheduleRetry(let milliseconds):
                retryTimer?.cancel()
                retryTimer = after(milliseconds) { $0.perform($0.machine.retryDue()) }
            }
        }
    }

    private func connect() {
        let connection = WorkerLinkConnection(link: self)
        self.connection = connection
        connection.connect(to: socket.path, on: eventLoop) { [weak self] succeeded in
            guard let self, self.connection === connection else {
                connection.close()
                return
            }
            if succeeded {
                self.perform(self.machine.connected(at: self.now))
            } else {
                self.connection = nil
                self.perform(self.machine.connectFailed(using: &self.generator))
            }
        }
    }

    private func closeSocket() {
        beatTimer?.cancel()
        beatTimer = nil
        batch.clear()
        stalled.removeAll()
        let closing = connection
        connection = nil
        closing?.close()
    }

    private func announceLost(_ failure: WorkerFailure) {
        logger.info("worker link is lost", metadata: ["error.kind": "\(failure.detail)"])
        let lost = sessions
        sessions.removeAll()
        owner?.linkUnavailable(self, failure: failure)
        for session in lost.keys.sorted() { lost[session]?.linkLost(failure) }
    }

    private func armBeat() {
        beatTimer?.cancel()
        beatTimer = after(heartbeatInterval) { $0.perform($0.machine.beatDue(at: $0.now, using: &$0.generator)) }
    }

    @discardableResult
    private func after(_ milliseconds: Int64, _ body: @escaping (WorkerLink) -> Void) -> Scheduled<Void> {
        eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) { [weak self] in
            if let self { body(self) }
        }
    }
}
