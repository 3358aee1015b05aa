import JSONText

/// Base64 with the URL-safe alphabet and without padding (RFC 4648 section 5).
enum URLSafeBase64 {
    static func encode(_ bytes: [UInt8]) -> String {
        var encoded: [UInt8] = []
        Base64.encode(bytes.span, into: &encoded)
        while encoded.last == 0x3D { encoded.removeLast() }
        return String(decoding: encoded.map { $0 == 0x2B ? 0x2D : $0 == 0x2F ? 0x5F : $0 }, as: UTF8.self)
    }

    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var standard: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x2D: standard.append(0x2B)
            case 0x5F: standard.append(0x2F)
            case 0x2B, 0x2F, 0x3D: return nil
            default: standard.append(byte)
            }
        }
        while standard.count % 4 != 0 { standard.append(0x3D) }
        var bytes: [UInt8] = []
        return Base64.decode(standard.span, into: &bytes) ? bytes : nil
    }
}
