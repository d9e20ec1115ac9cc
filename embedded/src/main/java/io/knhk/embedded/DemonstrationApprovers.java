package io.knhk.embedded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.Sectors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * The persons with which {@code up} begins, so that somebody can approve something: the bundled
 * governance with a key for each, {@code keys/demo-NAME.pem}, in the state folder. Whoever reads
 * the folder can sign as any of them; so what they decide is marked as a demonstration for ever.
 *
 * @param names in the order of the file
 * @param file with persons, public keys and doctrine, for the option {@code knhk.governance.file}
 */
public record DemonstrationApprovers(List<String> names, Path file) {
  private static final String BUNDLED = "/io/knhk/schemas/governance/genesis.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  public DemonstrationApprovers {
    names = List.copyOf(names);
  }

  /**
   * Those of the folder; keys that are there stay.
   *
   * @throws StackException when they cannot be read or written
   */
  static DemonstrationApprovers open(Path keys, Path file) {
    try (InputStream in = Sectors.class.getResourceAsStream(BUNDLED)) {
      if (in == null || !(JSON.readTree(in) instanceof ObjectNode governance)) {
        throw new IllegalStateException("expected a bundled governance: resource=" + BUNDLED);
      }
      List<String> names = new ArrayList<>();
      for (JsonNode person : governance.path("persons")) {
        String name = person.path("name").asText();
        names.add(name);
        ((ObjectNode) person).putArray("keys").add(publicKey(keyFile(keys, name)));
      }
      SecretFiles.write(file, governance.toPrettyString());
      return new DemonstrationApprovers(names, file);
    } catch (IOException | LedgerFormatException e) {
      throw new StackException(
          StackException.KEY_MISSING,
          "expected keys of the demonstration approvers: folder="
              + keys
              + ", problem="
              + e.getMessage()
              + ".",
          e);
    }
  }

  /** Where the private key of one of them is, in the folder of keys; nobody may be there. */
  public static Path keyFile(Path keys, String name) {
    return keys.resolve("demo-" + name + ".pem");
  }

  private static String publicKey(Path file) throws IOException, LedgerFormatException {
    if (!Files.exists(file)) {
      SecretFiles.write(file, SigningKey.generate(new SecureRandom()).toPem());
    }
    return SigningKey.fromPem(file).publicKey().toPem();
  }
}
