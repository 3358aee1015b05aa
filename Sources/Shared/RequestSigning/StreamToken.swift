import JSONText

/// What a stream token vouches for: the media stream that presents it belongs to this call.
package struct StreamToken: Equatable, Sendable {
    /// The call of the signed webhook that the token was minted for.
    package let callSID: String
    /// The agent that answers the call.
    package let agent: String
    /// The last second, in Unix time, at which the token is good.
    package let expiresAt: Int64
    /// What makes the token unique, for whoever enforces that it is used once.
    package let nonce: String
}

/// Why a stream token was refused.
package enum StreamTokenError: Error, Equatable {
    /// It is not a token at all, or is too long.
    case malformed
    /// It was not minted under this key.
    case wrongSignature
    /// It was good until `expiredSeconds` ago.
    case expired(expiredSeconds: Int64)
}

/// Mints and verifies the tokens that admit a media stream.
///
/// A token is the base64url of a JSON array, a full stop, and the base64url of its HMAC-SHA256. It holds only letters,
/// digits, `-`, `_` and one full stop, and fits into a TwiML `<Parameter>` (name and value under 500 characters) for names
/// up to some 150 bytes. That it is used once is for the caller to enforce.
package struct StreamTokenSigner: Sendable {
    /// Longer tokens are refused unread.
    package static let maximumTokenBytes = 1_024

    private static let version: Int64 = 1

    private let key: [UInt8]

    /// A signer under `key`; 32 random bytes are right.
    package init(key: [UInt8]) {
        self.key = key
    }

    /// A token for the call, good until the second `expiresAt` of Unix time.
    package func mint(callSID: String, agent: String, expiresAt: Int64, nonce: String) -> String {
        let claims: JSONValue = [
            .integer(Self.version), .string(callSID), .string(agent), .integer(expiresAt), .string(nonce),
        ]
        let payload = URLSafeBase64.encode(Array(claims.serialized().utf8))
        return payload + "." + URLSafeBase64.encode(code(of: payload))
    }

    /// What the token vouches for, at the second `now` of Unix time.
    package func verify(_ token: String, now: Int64) throws(StreamTokenError) -> StreamToken {
        guard token.utf8.count <= Self.maximumTokenBytes else { throw .malformed }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let given = URLSafeBase64.decode(parts[1]) else { throw .malformed }
        guard constantTimeEquals(given, code(of: String(parts[0]))) else { throw .wrongSignature }
        guard let payload = URLSafeBase64.decode(parts[0]), let claims = try? JSONValue.parse(payload),
            claims.arrayValue?.count == 5, claims[0] == .integer(Self.version),
            let callSID = claims[1]?.stringValue, let agent = claims[2]?.stringValue,
            let expiresAt = claims[3]?.intValue, let nonce = claims[4]?.stringValue
        else { throw .malformed }
        guard now <= Int64(expiresAt) else { throw .expired(expiredSeconds: now &- Int64(expiresAt)) }
        return StreamToken(callSID: callSID, agent: agent, expiresAt: Int64(expiresAt), nonce: nonce)
    }

    private func code(of payload: String) -> [UInt8] {
        HMACSHA256.authenticationCode(key: key, message: Array(("dialtone stream token:" + payload).utf8))
    }
}
