import Testing

@testable import GatewayCore

@Suite struct LoopbackAddressTests {
    @Test(arguments: ["localhost", "LOCALHOST", "127.0.0.1", "127.9.8.7", "::1", "::ffff:127.0.0.1"])
    func `This machine's addresses are loopback`(host: String) {
        #expect(LoopbackAddress.isLoopback(host))
    }

    @Test(arguments: ["", "0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "127.0.0", "127.0.0.1.evil.example", "127.0.0.256"])
    func `Others are not`(host: String) {
        #expect(!LoopbackAddress.isLoopback(host))
    }

    @Test func `The host is found in an address with a port`() {
        #expect(LoopbackAddress.host(of: "127.0.0.1:80") == "127.0.0.1")
        #expect(LoopbackAddress.host(of: "[::1]:80") == "::1")
        #expect(LoopbackAddress.host(of: "voice.example.com") == "voice.example.com")
    }
}
