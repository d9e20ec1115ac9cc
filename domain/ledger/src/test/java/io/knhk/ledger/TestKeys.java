package io.knhk.ledger;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** Keys that are the same in every run. */
final class TestKeys {
  private static final String PREFIX = "302e020100300506032b657004220420";

  private TestKeys() {}

  /** The key whose secret is this byte 32 times. */
  static SigningKey of(int number) {
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) number);
    return of(HexFormat.of().formatHex(secret));
  }

  /** The key with this secret. */
  static SigningKey of(String secretHex) {
    try {
      return SigningKey.fromPem(pem("PRIVATE KEY", PREFIX + secretHex));
    } catch (LedgerFormatException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static String pem(String label, String derHex) {
    String base64 = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(derHex));
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }
}
