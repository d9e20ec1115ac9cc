package io.knhk.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SigningKeyTest {
  /** RFC 8410, section 10.3. */
  private static final String PEM =
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";

  @TempDir Path folder;

  /** RFC 8032, section 7.1, tests 1 to 3. */
  @ParameterizedTest
  @CsvSource({
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60, d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a, '', e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb, 3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c, 72, 92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7, fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025, af82, 6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
  })
  void shouldGiveThePublishedSignatureWhenGivenThePublishedKey(
      String secret, String publicKey, String message, String signature) {
    SigningKey key = TestKeys.of(secret);
    byte[] bytes = HexFormat.of().parseHex(message);

    assertThat(HexFormat.of().formatHex(key.publicKey().bytes())).isEqualTo(publicKey);
    assertThat(HexFormat.of().formatHex(key.sign(bytes))).isEqualTo(signature);
    assertThat(key.publicKey().verify(bytes, key.sign(bytes))).isTrue();
  }

  @Test
  void shouldReadAndWriteWhatOpensslWritesWhenGivenPem() throws Exception {
    SigningKey key = SigningKey.fromPem(PEM);

    assertThat(key.toPem()).isEqualTo(PEM);
    assertThat(key.publicKey().bytes())
        .asHexString()
        .isEqualToIgnoringCase("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1");
  }

  @Test
  void shouldSignAsTheJdkDoesWhenGivenTheSameKey() throws Exception {
    byte[] message = "a message".getBytes(UTF_8);
    byte[] der = Base64.getMimeDecoder().decode(PEM.replaceAll("-----[A-Z ]+-----", ""));
    Signature jdk = Signature.getInstance("Ed25519");
    jdk.initSign(KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(der)));
    jdk.update(message);

    assertThat(SigningKey.fromPem(PEM).sign(message)).isEqualTo(jdk.sign());
  }

  @Test
  void shouldDrawFromTheGivenSourceWhenGenerating() throws Exception {
    SigningKey key = SigningKey.generate(new SecureRandom());

    assertThat(SigningKey.fromPem(key.toPem()).publicKey()).isEqualTo(key.publicKey());
    assertThat(SigningKey.generate(new SecureRandom()).publicKey()).isNotEqualTo(key.publicKey());
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw-rw-rw-", "rw--w----", "r-------x"})
  void shouldRefuseWhenOthersCanUseTheFile(String mode) throws Exception {
    Path file = write(mode);

    assertThatThrownBy(() -> SigningKey.fromPem(file))
        .isInstanceOf(LedgerFormatException.class)
        .hasMessageContaining("chmod 600 " + file)
        .hasMessageContaining("mode=" + mode);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "r--------"})
  void shouldReadWhenOnlyTheOwnerCanUseTheFile(String mode) throws Exception {
    assertThat(SigningKey.fromPem(write(mode)).toPem()).isEqualTo(PEM);
  }

  @Test
  void shouldRefuseWhenThereIsNoFileOrTooMuchOfIt() throws Exception {
    Path large = Files.writeString(folder.resolve("large.pem"), "#".repeat(64 * 1024 + 1));
    Files.setPosixFilePermissions(large, PosixFilePermissions.fromString("rw-------"));

    assertThatThrownBy(() -> SigningKey.fromPem(folder.resolve("none.pem")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> SigningKey.fromPem(large))
        .isInstanceOf(LedgerFormatException.class)
        .hasMessageContaining("bytes=65537, limit=65536");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdV\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVh!\n-----END PRIVATE KEY-----\n",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp\n-----END ENCRYPTED PRIVATE KEY-----\n",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n",
        "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC"
      })
  void shouldRefuseWithoutShowingTheSecretWhenPemIsWrong(String pem) {
    assertThatThrownBy(() -> SigningKey.fromPem(pem))
        .isInstanceOf(LedgerFormatException.class)
        .hasMessageStartingWith("expected ")
        .hasMessageNotContaining("MC4C")
        .hasMessageNotContaining("EdV")
        .hasNoCause();
  }

  @Test
  void shouldNotShowOrSerializeTheSecretWhenAsked() throws Exception {
    SigningKey key = SigningKey.fromPem(PEM);

    assertThat(key).hasToString("SigningKey[keyId=" + key.publicKey().keyId() + "]");
    assertThat(key).isNotInstanceOf(Serializable.class);
  }

  private Path write(String mode) throws Exception {
    Path file = Files.writeString(folder.resolve("signing.pem"), PEM);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }
}
