import NIOSSL

/// A self-signed certificate for localhost and 127.0.0.1, valid from 2020 to 2120; for tests only.
enum TestCertificate {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBZzCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
        c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
        CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFUhfEkpVcPariVH
        cN5ocjNr9fr9909d+w7YWFHUqcWNBYYd29FKIvSO0LsHOB0c7Ur0Tax45Is90rUE
        oXORIfGjTjBMMA8GA1UdEwEB/wQFMAMBAf8wGgYDVR0RBBMwEYIJbG9jYWxob3N0
        hwR/AAABMB0GA1UdDgQWBBQt7Gu+eNneie3/UJUqeBnwx91B0DAKBggqhkjOPQQD
        AgNIADBFAiAh741sUmPQWp9J63q+yxDU7x9jEo7aLdmN/JyhKYSiSwIhANAkcv3f
        Bty0/dpL1GpZ+ZMNmcQ3gpDw7ZIjT7FpdOMx
        -----END CERTIFICATE-----
        """

    /// The key of ``certificate``; it protects nothing.
    static let privateKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgErkCgJeIdoT/lXP3
        t0ernD5FxnBzrWp9DHE4bAEKOpehRANCAARVIXxJKVXD2q4lR3DeaHIza/X6/fdP
        XfsO2FhR1KnFjQWGHdvRSiL0jtC7BzgdHO1K9E2seOSLPdK1BKFzkSHx
        -----END PRIVATE KEY-----
        """

    static func serverContext() throws -> NIOSSLContext {
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [
                .certificate(try NIOSSLCertificate(bytes: Array(self.certificate.utf8), format: .pem))
            ],
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(self.privateKey.utf8), format: .pem))
        )
        return try NIOSSLContext(configuration: configuration)
    }
}
