package io.knhk.ledger;

import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Drafts of receipts: one to read, and any. */
final class Drafts {
  static final String LOG = "test";

  private Drafts() {}

  static ReceiptDraft of(String sector, String subject) {
    return new ReceiptDraft(
        sector,
        Operation.PatternDetected,
        1_400_000_000_000L,
        1_700_000_000_000L,
        "detected",
        subject,
        "",
        List.of("knhk.observations.v1/0/finance/0"),
        "{ \"kind\": \"ErrorSpike\", \"confidence\": 0.90 }");
  }

  static Arbitrary<ReceiptDraft> any(String sector) {
    Arbitrary<String> names =
        Arbitraries.strings()
            .all()
            .ofMinLength(1)
            .ofMaxLength(12)
            .filter(CanonicalJson::isWellFormed);
    Arbitrary<String> evidence =
        Combinators.combine(names, Arbitraries.doubles())
            .as(
                (name, number) -> {
                  StringBuilder json = new StringBuilder("{");
                  CanonicalJson.writeString(json, name);
                  return json.append(":[").append(number).append("]}").toString();
                });
    Arbitrary<Long> times =
        Arbitraries.longs().between(-ReceiptBody.INTEGER_MAX, ReceiptBody.INTEGER_MAX);
    return Combinators.combine(
            Arbitraries.of(Operation.class),
            times,
            times,
            names,
            names,
            Arbitraries.oneOf(Arbitraries.just(""), names),
            names.list().ofMaxSize(3),
            evidence)
        .as(
            (operation, event, recorded, outcome, subject, snapshot, causes, json) ->
                new ReceiptDraft(
                    sector, operation, event, recorded, outcome, subject, snapshot, causes, json));
  }
}
