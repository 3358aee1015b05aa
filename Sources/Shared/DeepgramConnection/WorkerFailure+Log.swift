package import Logging
package import WorkerProtocol

extension WorkerFailure {
    /// The failure's facts for a log line.
    ///
    /// Holds no secrets and nothing that people said.
    package var logMetadata: Logger.Metadata {
        var metadata: Logger.Metadata = ["error.kind": "\(kind.rawValue)", "error.detail": "\(detail)"]
        if let status { metadata["provider.status"] = "\(status)" }
        if let requestID { metadata["provider.request_id"] = "\(requestID)" }
        return metadata
    }
}
