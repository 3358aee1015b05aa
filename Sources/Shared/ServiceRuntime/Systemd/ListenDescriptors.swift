internal import CSystemd
internal import Glibc

/// The sockets the service manager opened for this process.
package enum ListenDescriptors {
    /// Takes the passed descriptors by name, and clears the variables that announced them.
    ///
    /// To be called once, before threads run. Descriptors are close-on-exec from here on. Of two with one name the
    /// first is returned and the others are closed; use ``takeAll()`` where names repeat.
    package static func take() -> [String: CInt] {
        var byName: [String: CInt] = [:]
        for (name, descriptor) in takeAll() {
            if byName[name] == nil { byName[name] = descriptor } else { close(descriptor) }
        }
        return byName
    }

    /// Takes all passed descriptors with their names, in the manager's order.
    ///
    /// The order is alphabetical by unit, so only the names mean something (`FileDescriptorName=`).
    package static func takeAll() -> [(name: String, descriptor: CInt)] {
        // The library allocates an array of C strings, which are copied and freed here. A negative count is an error
        // such as LISTEN_FDS=0, which means there are none.
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = unsafe sd_listen_fds_with_names(1, &names)
        defer { unsafe free(names) }
        guard count > 0 else { return [] }
        return (0..<count).map { index in
            let descriptor = SD_LISTEN_FDS_START + index
            guard let name = unsafe names?[Int(index)] else { return ("unknown", descriptor) }
            defer { unsafe free(name) }
            return (unsafe String(cString: name), descriptor)
        }
    }
}
