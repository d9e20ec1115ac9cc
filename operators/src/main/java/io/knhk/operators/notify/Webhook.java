package io.knhk.operators.notify;

import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Somewhere that notifications are sent to. Its URL may hold a secret of its receiver, so it is in
 * no message: {@link #toString} names the host.
 */
public record Webhook(URI url) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Characters of a URL. */
  public static final int URL_CHARS_MAX = 2_048;

  private static final int ID_BYTES = 16;

  /**
   * @throws IllegalArgumentException when it is no http or https URL with a host and without
   *     credentials or a fragment
   */
  public static Webhook of(String url) {
    URI parsed;
    try {
      parsed = new URI(url);
    } catch (URISyntaxException e) {
      // The exception's message would show the URL.
      throw new IllegalArgumentException("expected the URL of a webhook: chars=" + url.length());
    }
    boolean isHttp = "http".equals(parsed.getScheme()) || "https".equals(parsed.getScheme());
    if (!isHttp
        || parsed.getHost() == null
        || parsed.getUserInfo() != null
        || parsed.getFragment() != null
        || url.length() > URL_CHARS_MAX) {
      throw new IllegalArgumentException(
          "expected a webhook https://host.. without user, password and fragment: chars="
              + url.length()
              + ", limit="
              + URL_CHARS_MAX);
    }
    return new Webhook(parsed);
  }

  /** First half of the URL's SHA-256, 32 hex digits: the same wherever it stands in the list. */
  public String id() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(url.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected SHA-256, which every JDK has", e);
    }
  }

  @Override
  public String toString() {
    int port = url.getPort();
    return url.getScheme() + "://" + url.getHost() + (port < 0 ? "" : ":" + port);
  }
}
