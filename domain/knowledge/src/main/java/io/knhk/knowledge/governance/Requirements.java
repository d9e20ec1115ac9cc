package io.knhk.knowledge.governance;

import io.knhk.knowledge.doctrine.DoctrineBook;
import io.knhk.knowledge.doctrine.RuleTerms.ApprovalChain;
import io.knhk.knowledge.doctrine.RuleTerms.SegregationOfDuties;
import io.knhk.knowledge.doctrine.Scope;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.DoctrineRule.Enforcement;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * What a request needs, from the state before what it asks for: a rule that it would take away, and
 * a guard that it would make less critical, count in full.
 */
final class Requirements {
  private final GovernanceOptions options;

  Requirements(GovernanceOptions options) {
    this.options = options;
  }

  Requirement of(Asked asked, DoctrineBook doctrine, long nowMs) {
    Criticality criticality = criticality(asked, doctrine);
    GovernanceOptions.Level level = options.of(criticality);
    SortedMap<Role, Integer> approvals = new TreeMap<>();
    approvals.put(asked.kind().voters(), level.quorum());
    return new Requirement(criticality, approvals, level.reviewMs())
        .atLeast(chained(asked, doctrine, nowMs));
  }

  /** What approval chains in force ask for beside that. */
  Map<Role, Integer> chained(Asked asked, DoctrineBook doctrine, long nowMs) {
    Map<Role, Integer> approvals = new EnumMap<>(Role.class);
    Optional<Scope> scope = scope(asked);
    for (ApprovalChain chain : doctrine.mandatory(ApprovalChain.class, nowMs)) {
      if (scope.isPresent() && chain.covers(scope.get())) {
        approvals.merge(chain.role(), chain.quorum(), Math::max);
      }
    }
    return approvals;
  }

  /**
   * Two roles that these roles hold and nobody may hold together, if there are such.
   *
   * @return one line for a person
   */
  static Optional<String> segregation(SortedSet<Role> roles, DoctrineBook doctrine, long nowMs) {
    return segregation(roles, doctrine.mandatory(SegregationOfDuties.class, nowMs));
  }

  /** Likewise, whether the rule counts now or at another time. */
  static Optional<String> segregationEver(SortedSet<Role> roles, DoctrineBook doctrine) {
    return segregation(roles, doctrine.mandatoryEver(SegregationOfDuties.class));
  }

  private static Optional<String> segregation(
      SortedSet<Role> roles, List<SegregationOfDuties> rules) {
    for (SegregationOfDuties rule : rules) {
      if (rule.isBrokenBy(roles)) {
        return Optional.of(
            "expected one person not to hold both roles: first="
                + Json.lower(rule.first())
                + ", second="
                + Json.lower(rule.second()));
      }
    }
    return Optional.empty();
  }

  /**
   * Whether a request of the highest criticality could be approved less well than before.
   *
   * @return the numbers, for a person
   */
  Optional<String> fewer(
      Registry registryBefore,
      DoctrineBook doctrineBefore,
      Registry registryAfter,
      DoctrineBook doctrineAfter) {
    for (Role role : Role.values()) {
      int neededBefore = needed(role, doctrineBefore);
      int neededAfter = needed(role, doctrineAfter);
      int before = voters(role, registryBefore, doctrineBefore);
      int after = voters(role, registryAfter, doctrineAfter);
      if (Math.max(0, neededAfter - after) > Math.max(0, neededBefore - before)) {
        return Optional.of(
            "expected enough people to be left: role="
                + Json.lower(role)
                + ", left="
                + after
                + ", needed="
                + neededAfter);
      }
    }
    return Optional.empty();
  }

  /** Why too few people could vote on it, if they are too few. */
  Optional<String> unattainable(
      NewRequest what,
      Requirement requirement,
      Registry registry,
      DoctrineBook doctrine,
      long nowMs) {
    for (Map.Entry<Role, Integer> needed : requirement.approvals().entrySet()) {
      int able =
          registry.count(
              needed.getKey(),
              person ->
                  !what.concerns(person.name())
                      && segregation(person.roles(), doctrine, nowMs).isEmpty());
      if (able < needed.getValue()) {
        return Optional.of(
            "expected enough people who may vote on it: role="
                + Json.lower(needed.getKey())
                + ", able="
                + able
                + ", needed="
                + needed.getValue());
      }
    }
    return Optional.empty();
  }

  private static Criticality criticality(Asked asked, DoctrineBook doctrine) {
    if (asked instanceof Asked.Relaxation relaxation) {
      return relaxation.criticality();
    }
    if (asked instanceof Asked.Doctrine change) {
      boolean mandatory =
          change.rule().enforcement() == Enforcement.MANDATORY
              || doctrine
                  .find(change.rule().id())
                  .filter(entry -> !entry.retired())
                  .filter(entry -> entry.rule().enforcement() == Enforcement.MANDATORY)
                  .isPresent();
      return mandatory ? Criticality.CRITICAL : Criticality.HIGH;
    }
    Criticality ofKind =
        switch (asked.kind()) {
          case CHANGE -> Criticality.LOW;
          case ROLLBACK -> Criticality.MEDIUM;
          case IMPORT -> Criticality.HIGH;
          case APPROVER, DOCTRINE, RELAXATION -> Criticality.CRITICAL;
        };
    return asked instanceof Asked.Change change && change.criticality().compareTo(ofKind) < 0
        ? change.criticality()
        : ofKind;
  }

  private static Optional<Scope> scope(Asked asked) {
    if (asked instanceof Asked.Change change) {
      return Optional.of(change.scope());
    }
    return asked instanceof Asked.Relaxation relaxation
        ? Optional.of(relaxation.scope())
        : Optional.empty();
  }

  /** One more administrator than the quorum: who asks does not vote. */
  private int needed(Role role, DoctrineBook doctrine) {
    int needed =
        switch (role) {
          case ADMINISTRATOR -> options.critical().quorum() + 1;
          case APPROVER -> options.quorumMax();
          case STEWARD -> 0;
        };
    for (ApprovalChain chain : doctrine.mandatoryEver(ApprovalChain.class)) {
      if (chain.role() == role) {
        needed = Math.max(needed, chain.quorum());
      }
    }
    return needed;
  }

  private static int voters(Role role, Registry registry, DoctrineBook doctrine) {
    return registry.count(role, person -> segregationEver(person.roles(), doctrine).isEmpty());
  }
}
