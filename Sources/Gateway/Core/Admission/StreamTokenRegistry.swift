package import RequestSigning

/// The one-time tokens that admit media streams: minted at the signed webhook, redeemed at the stream's `start`.
///
/// Only tokens minted here are good, each once and for a minute; whatever is not clear is refused. Bounded: when too many
/// are outstanding, none is minted.
package struct StreamTokenRegistry: Sendable {
    /// Why a token does not admit a stream.
    package enum Refusal: Error, Sendable, Equatable {
        /// There was none.
        case missing

        /// It does not verify.
        case invalid(StreamTokenError)

        /// It was redeemed already, superseded by newer ones of its call, or minted by another process.
        case notOutstanding

        /// It belongs to another call than the stream.
        case wrongCall
    }

    /// How long a token is good, seconds.
    package static let lifetimeSeconds: Int64 = 60

    /// Tokens of one call that may be outstanding: webhooks are repeated.
    package static let maximumPerCall = 4

    private struct Outstanding: Sendable {
        let nonce: String
        let expiresAt: Int64
    }

    private let signer: StreamTokenSigner
    private let capacity: Int
    private var outstanding: [String: [Outstanding]] = [:]

    /// Tokens that could still be redeemed, expired ones included until they are noticed.
    package private(set) var count = 0

    /// Makes an empty registry.
    ///
    /// - Parameters:
    ///   - signer: signs the tokens; a key of this process's own is right.
    ///   - capacity: tokens outstanding at most.
    package init(signer: StreamTokenSigner, capacity: Int) {
        self.signer = signer
        self.capacity = capacity
    }

    /// Makes a token for a stream of this call.
    ///
    /// - Parameters:
    ///   - callSID: the call of the webhook.
    ///   - agent: who answers.
    ///   - now: Unix time, seconds.
    ///   - nonce: what makes the token unique, from a secure generator.
    /// - Returns: nil when too many are outstanding.
    package mutating func mint(callSID: String, agent: String, now: Int64, nonce: String) -> String? {
        if count >= capacity { removeExpired(now: now) }
        guard count < capacity else { return nil }
        var ofCall = outstanding[callSID] ?? []
        if ofCall.count >= Self.maximumPerCall {
            ofCall.removeFirst()
            count -= 1
        }
        let expiresAt = now + Self.lifetimeSeconds
        ofCall.append(Outstanding(nonce: nonce, expiresAt: expiresAt))
        count += 1
        outstanding[callSID] = ofCall
        return signer.mint(callSID: callSID, agent: agent, expiresAt: expiresAt, nonce: nonce)
    }

    /// Uses a token up.
    ///
    /// - Parameters:
    ///   - token: what the stream presents.
    ///   - callSID: the stream's call, which must be the token's.
    ///   - now: Unix time, seconds.
    /// - Returns: what the token vouches for.
    /// - Throws: why it does not admit the stream; a token of another call stays good for that one.
    package mutating func redeem(
        _ token: String?,
        callSID: String,
        now: Int64
    ) throws(Refusal) -> StreamToken {
        guard let token, !token.isEmpty else { throw .missing }
        let verified: StreamToken
        do {
            verified = try signer.verify(token, now: now)
        } catch {
            throw .invalid(error)
        }
        guard verified.callSID == callSID else { throw .wrongCall }
        guard let index = outstanding[callSID]?.firstIndex(where: { $0.nonce == verified.nonce }) else {
            throw .notOutstanding
        }
        outstanding[callSID]?.remove(at: index)
        count -= 1
        if outstanding[callSID]?.isEmpty == true { outstanding[callSID] = nil }
        return verified
    }

    /// Forgets the tokens of a call that is over.
    package mutating func forget(callSID: String) {
        count -= outstanding.removeValue(forKey: callSID)?.count ?? 0
    }

    /// Forgets tokens that have expired.
    package mutating func removeExpired(now: Int64) {
        for (callSID, tokens) in outstanding {
            let kept = tokens.filter { $0.expiresAt >= now }
            count -= tokens.count - kept.count
            outstanding[callSID] = kept.isEmpty ? nil : kept
        }
    }
}
