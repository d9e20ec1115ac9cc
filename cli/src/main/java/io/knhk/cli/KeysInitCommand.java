package io.knhk.cli;

import io.knhk.ledger.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "init",
    description =
        "Makes a signing key: signing.pem (PKCS#8, mode 600) and public.pem. Never replaces one.",
    footer = {"", "Example:", "  knhk keys init --out ./keys"})
final class KeysInitCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "State folder. Default: .knhk beside the launcher.")
  private @Nullable Path state;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the two files. Default: keys in the state folder.")
  private @Nullable Path out;

  KeysInitCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path folder = out != null ? out : EndpointResolver.stateDir(state, terminal).resolve("keys");
    Path signing = folder.resolve("signing.pem");
    SigningKey key = SigningKey.generate(new SecureRandom());
    try {
      Files.createDirectories(folder);
      createSecret(signing, key.toPem());
      Files.writeString(folder.resolve("public.pem"), key.publicKey().toPem());
    } catch (FileAlreadyExistsException e) {
      throw CliError.KEY_EXISTS.because(
          "expected no key yet: file=" + signing,
          "knhk keys list shows it; name another folder with --out to make a further one.",
          e);
    } catch (IOException e) {
      throw CliError.FILE_UNWRITABLE.because(
          "expected a folder that can be written: folder=" + folder + ", problem=" + e,
          "Name another with --out.",
          e);
    }
    terminal.out().println(key.publicKey().fingerprint() + "  " + signing);
    terminal.out().flush();
    return ExitCode.OK;
  }

  /** Nobody else can read the file at any time, not even between making and writing it. */
  private static void createSecret(Path file, String text) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } else {
      Files.createFile(file);
    }
    Files.writeString(file, text, StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
  }
}
