/// Which release this is.
package enum Release {
    /// The version, as gateway and workers tell one another and the operator.
    package static let version = "0.1.0"
}
