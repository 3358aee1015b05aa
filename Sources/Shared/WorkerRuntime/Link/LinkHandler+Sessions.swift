internal import JSONText
internal import Logging
internal import NIOCore
internal import Observability
internal import WorkerProtocol

// The beginnings and ends of sessions on a link.
extension LinkHandler {
    func open(_ session: UInt32, _ value: JSONValue) {
        if let refusal = environment.admission.enter() {
            let detail = refusal == .draining ? "the worker is draining" : "the worker is full"
            refuse(session, WorkerFailure(.overloaded, detail: detail), refusal)
            return
        }
        var sessionLogger = logger
        sessionLogger[metadataKey: "session"] = "\(session)"
        if let call = value["call"]?.stringValue { sessionLogger[metadataKey: "call.sid"] = "\(call)" }
        let outbox = SessionOutbox(session: session, eventLoop: eventLoop, logger: sessionLogger, sink: writer)
        opening = session
        defer {
            opening = nil
            openingFault = nil
        }
        let opened: any WorkerSession
        do {
            opened = try environment.service.openSession(control: value, outbox: outbox)
        } catch {
            guard !outbox.isFinished else { return }
            outbox.linkEnded()
            environment.admission.leave()
            refuse(session, error, .service)
            return
        }
        environment.metrics.opened.increment()
        guard !outbox.isFinished else { return }
        let entry = Entry(session: opened, outbox: outbox)
        guard !machine.isClosed else {
            end(entry)
            return
        }
        sessions[session] = entry
        if let openingFault { endFaulted(session, openingFault) }
    }

    func end(_ entry: Entry) {
        entry.outbox.linkEnded()
        environment.admission.leave()
        entry.session.linkClosed()
    }

    private func endFaulted(_ session: UInt32, _ failure: WorkerFailure) {
        guard let entry = sessions.removeValue(forKey: session) else { return }
        environment.metrics.violations.increment()
        entry.outbox.logger.warning("Session ended", metadata: ["reason": "\(failure.detail)"])
        writer.append(control: SessionMessage.failed(failure).json, session: session)
        end(entry)
    }

    private func refuse(_ session: UInt32, _ failure: WorkerFailure, _ reason: WorkerMetrics.Refusal) {
        environment.metrics.count(refused: reason)
        logger.info(
            "Session refused",
            metadata: ["session": "\(session)", "reason": "\(reason.rawValue)", "detail": "\(failure.detail)"]
        )
        writer.append(control: SessionMessage.refused(failure).json, session: session)
    }

    /// A control frame that is no message ends its session; a session that is not open is told so, too.
    func violated(_ session: UInt32, _ detail: String) {
        let failure = WorkerFailure(.protocolViolation, detail: detail)
        guard sessions[session] == nil else {
            endFaulted(session, failure)
            return
        }
        environment.metrics.violations.increment()
        writer.append(control: SessionMessage.failed(failure).json, session: session)
    }
}

extension LinkHandler: LinkWriterOwner {
    func sessionFinished(_ session: UInt32) {
        sessions[session] = nil
        environment.admission.leave()
    }

    func sessionFaulted(_ session: UInt32, _ failure: WorkerFailure) {
        if opening == session { openingFault = failure } else { endFaulted(session, failure) }
    }

    func writerOverflowed() {
        close(.backlog, "the gateway does not read: control messages cannot be kept")
    }

    func writerBecameWritable() {
        for entry in Array(sessions.values) where !entry.outbox.isFinished { entry.session.linkBecameWritable() }
    }
}
