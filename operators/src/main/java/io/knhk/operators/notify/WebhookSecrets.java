package io.knhk.operators.notify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What webhooks are signed with, after the Standard Webhooks specification 1.0: HMAC-SHA256 over
 * {@code ID.TIMESTAMP.BODY}, with each secret, so that a receiver may go from one to the next at
 * its own time. One thread.
 *
 * <p>The file has one secret a line, {@code whsec_} and base64 of {@link #SECRET_BYTES_MIN} to
 * {@link #SECRET_BYTES_MAX} random bytes. What it holds is in no message.
 */
public final class WebhookSecrets {
  public static final int SECRETS_MAX = 4;
  public static final int SECRET_BYTES_MIN = 24;
  public static final int SECRET_BYTES_MAX = 64;

  private static final String PREFIX = "whsec_";
  private static final String ALGORITHM = "HmacSHA256";
  private static final String VERSION = "v1,";
  private static final int FILE_BYTES_MAX = 1_024;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final List<Mac> macs;

  private WebhookSecrets(List<Mac> macs) {
    this.macs = macs;
  }

  /**
   * @throws IOException when it cannot be read, somebody else than the owner may (where the file
   *     system knows such things), or it holds something else than secrets
   */
  public static WebhookSecrets read(Path file) throws IOException {
    checkOwnerOnly(file);
    if (Files.size(file) > FILE_BYTES_MAX) {
      throw refused(file, "bytes=" + Files.size(file) + ", limit=" + FILE_BYTES_MAX);
    }
    List<String> lines =
        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    if (lines.isEmpty() || lines.size() > SECRETS_MAX) {
      throw refused(file, "secrets=" + lines.size() + ", limit=" + SECRETS_MAX);
    }
    List<Mac> macs = new ArrayList<>(lines.size());
    for (String line : lines) {
      macs.add(mac(file, line));
    }
    return new WebhookSecrets(macs);
  }

  /**
   * The value of the header {@code webhook-signature}: {@code v1,BASE64}, one for each secret, with
   * spaces between.
   *
   * @param timestamp seconds since the epoch
   */
  String sign(String id, long timestamp, byte[] body) {
    byte[] prefix = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
    StringBuilder signatures = new StringBuilder();
    for (Mac mac : macs) {
      mac.update(prefix);
      byte[] code = mac.doFinal(body);
      signatures.append(signatures.length() == 0 ? "" : " ").append(VERSION);
      signatures.append(Base64.getEncoder().encodeToString(code));
    }
    return signatures.toString();
  }

  private static Mac mac(Path file, String line) throws IOException {
    byte[] secret;
    try {
      secret =
          Base64.getDecoder().decode(line.substring(line.startsWith(PREFIX) ? PREFIX.length() : 0));
    } catch (IllegalArgumentException e) {
      throw refused(file, "a line is no base64");
    }
    if (!line.startsWith(PREFIX)
        || secret.length < SECRET_BYTES_MIN
        || secret.length > SECRET_BYTES_MAX) {
      throw refused(file, "secretBytes=" + secret.length + ", limit=" + SECRET_BYTES_MAX);
    }
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret, ALGORITHM));
      return mac;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("expected " + ALGORITHM + ", which every JDK has", e);
    }
  }

  private static void checkOwnerOnly(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    Set<PosixFilePermission> permissions = view.readAttributes().permissions();
    if (!OWNER_ONLY.containsAll(permissions)) {
      throw new IOException(
          "expected a secret that only its owner can read (run: chmod 600 "
              + file
              + "): path="
              + file
              + ", mode="
              + PosixFilePermissions.toString(permissions)
              + ", limit=rwx------");
    }
  }

  private static IOException refused(Path file, String problem) {
    return new IOException(
        "expected 1 to "
            + SECRETS_MAX
            + " lines of whsec_ and base64 of "
            + SECRET_BYTES_MIN
            + " to "
            + SECRET_BYTES_MAX
            + " bytes (make one: echo whsec_$(openssl rand -base64 32)): path="
            + file
            + ", "
            + problem);
  }
}
