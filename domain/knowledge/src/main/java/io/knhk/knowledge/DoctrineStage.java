package io.knhk.knowledge;

import io.knhk.knowledge.doctrine.DoctrineBook;
import io.knhk.knowledge.doctrine.RuleTerms;
import io.knhk.knowledge.doctrine.Scope;
import io.knhk.schemas.knowledge.DoctrineRule;
import io.knhk.schemas.knowledge.DoctrineRule.Enforcement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whether the change keeps to the sector's rules that count when it is decided. A mandatory rule
 * that is broken fails; what a warning or advice asks for is remarked. How many people an approval
 * chain asks for is remarked too: governance sees that they agree.
 */
final class DoctrineStage {
  static final String NAME = "doctrine";

  private static final String CHECKED = "every doctrine rule in force holds of the change";

  private DoctrineStage() {}

  static StageResult check(
      Candidate candidate, Snapshot shadow, CompiledChange change, Compatibility compatibility) {
    Scope scope = ChangeScope.of(candidate.proposal(), change);
    RuleBreaches breaches = new RuleBreaches(candidate, shadow, change, compatibility, scope);
    List<Witness> broken = new ArrayList<>();
    List<Witness> remarks = new ArrayList<>();
    long inForce = 0;
    for (DoctrineRule rule : candidate.context().doctrine()) {
      if (!DoctrineBook.isInForce(rule, candidate.decidedAtMs())) {
        continue;
      }
      inForce++;
      boolean mandatory = rule.enforcement() == Enforcement.MANDATORY;
      RuleTerms terms;
      try {
        terms = RuleTerms.of(rule);
      } catch (IllegalArgumentException e) {
        (mandatory ? broken : remarks)
            .add(
                new Witness("", "", String.valueOf(e.getMessage()), source(rule), "mend the rule"));
        continue;
      }
      if (terms instanceof RuleTerms.ApprovalChain chain) {
        if (chain.covers(scope)) {
          remarks.add(approvals(rule, chain));
        }
        continue;
      }
      (mandatory ? broken : remarks).addAll(breaches.of(rule, terms));
    }
    SortedMap<String, Long> figures = new TreeMap<>();
    figures.put("rules", (long) candidate.context().doctrine().size());
    figures.put("inForce", inForce);
    figures.put("broken", (long) broken.size());
    return broken.isEmpty()
        ? new StageResult.Passed(NAME, CHECKED, figures, remarks)
        : new StageResult.Failed(NAME, CHECKED, figures, broken);
  }

  /** {@code four-eyes@2} */
  static String source(DoctrineRule rule) {
    return rule.id() + "@" + rule.version();
  }

  private static Witness approvals(DoctrineRule rule, RuleTerms.ApprovalChain chain) {
    return new Witness(
        "",
        "",
        (rule.enforcement() == Enforcement.MANDATORY ? "needs approvals" : "should have approvals")
            + ": role="
            + chain.role().name().toLowerCase(Locale.ROOT)
            + ", quorum="
            + chain.quorum(),
        source(rule),
        rule.text());
  }
}
