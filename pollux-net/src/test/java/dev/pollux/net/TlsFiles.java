package dev.pollux.net;

import java.io.IOException;
import java.nio.file.Path;

/** The files of src/test/tls: a private authority, and whom it knows. */
final class TlsFiles {

  private TlsFiles() {}

  static Path file(String name) {
    return Path.of("src/test/tls", name);
  }

  static TlsTrust authority() throws IOException {
    return TlsTrust.ofPem(file("authority.crt"));
  }

  static TlsIdentity identity(String name) throws IOException {
    return TlsIdentity.ofPem(file(name + ".crt"), file(name + ".key"));
  }
}
