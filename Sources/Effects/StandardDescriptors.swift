internal import Foundation

/// The three descriptors that every program expects to be open.
public enum StandardDescriptors {
  /// Opens in the place of those that are closed what fails at each use.
  ///
  /// Else the first file that is opened would take the number, and what is printed would go into
  /// it: into the mirror, say.
  public static func fill() {
    for (number, flags) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY)]
      + [(STDERR_FILENO, O_RDONLY)]
    where fcntl(number, F_GETFD) < 0 && errno == EBADF {
      // The lowest number that is free is this one.
      _ = unsafe open("/dev/null", flags)
    }
  }
}
