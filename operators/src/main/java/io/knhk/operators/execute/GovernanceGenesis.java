package io.knhk.operators.execute;

import io.knhk.knowledge.governance.GovernanceFile;
import io.knhk.knowledge.governance.Person;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.VerifyingKey;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.knowledge.DoctrineRule;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * The persons and rules with which sectors begin: a {@link GovernanceFile} whose keys are PEM (a
 * SubjectPublicKeyInfo of Ed25519). Keys are fully validated, so that one person cannot have the
 * same key twice in two encodings.
 */
public final class GovernanceGenesis {
  private static final String NOBODY = "{}";

  private final GovernanceFile file;

  private GovernanceGenesis(GovernanceFile file) {
    this.file = file;
  }

  /**
   * @param json text of the file; empty: nobody, and no rules
   * @throws IllegalArgumentException that names what was expected
   */
  public static GovernanceGenesis parse(String json) {
    GovernanceGenesis genesis =
        new GovernanceGenesis(
            GovernanceFile.parse(
                (json.isEmpty() ? NOBODY : json).getBytes(StandardCharsets.UTF_8)));
    for (String sector : Sectors.ALL) {
      genesis.persons(sector);
    }
    return genesis;
  }

  List<Person> persons(String sector) {
    return file.persons(sector, GovernanceGenesis::publicKey);
  }

  List<DoctrineRule> rules(String sector) {
    return file.doctrine(sector);
  }

  private static String publicKey(String pem) {
    try {
      return HexFormat.of().formatHex(VerifyingKey.fromPem(pem).bytes());
    } catch (LedgerFormatException e) {
      throw new IllegalArgumentException(
          "expected a public key in PEM: problem=" + e.getMessage(), e);
    }
  }
}
