package io.knhk.schemas.control;

import io.knhk.schemas.Sectors;
import io.knhk.schemas.control.ControlContent.ChangeApprover;
import io.knhk.schemas.control.ControlContent.ChangeDoctrine;
import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.control.ControlContent.Hold;
import io.knhk.schemas.control.ControlContent.HoldTarget;
import io.knhk.schemas.control.ControlContent.ImportOntology;
import io.knhk.schemas.control.ControlContent.ImportPart;
import io.knhk.schemas.control.ControlContent.ProposeChange;
import io.knhk.schemas.control.ControlContent.RelaxGuard;
import io.knhk.schemas.control.ControlContent.RollBack;
import io.knhk.schemas.control.ControlContent.Vote;
import io.knhk.schemas.control.ControlContent.Withdraw;
import io.knhk.schemas.knowledge.DoctrineRule;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Messages of every kind, any that the limits allow. */
final class ControlMessages {
  private static final String HEX = "0123456789abcdef";

  private ControlMessages() {}

  static Arbitrary<ControlMessage> all() {
    return Arbitraries.of(ControlKind.values()).flatMap(ControlMessages::of);
  }

  static Arbitrary<ControlMessage> of(ControlKind kind) {
    return Arbitraries.of(Sectors.ALL)
        .flatMap(
            sector ->
                Combinators.combine(text(1, 256), hex(), number(), number(), content(kind, sector))
                    .as(
                        (log, signer, counter, expires, content) ->
                            new ControlMessage(log, sector, signer, counter, expires, content)));
  }

  private static Arbitrary<? extends ControlContent> content(ControlKind kind, String sector) {
    return switch (kind) {
      case PROPOSAL ->
          Combinators.combine(text(1, 400), text(0, 400), text(1, 1_000), name(true), truth())
              .as(ProposeChange::new);
      case IMPORT_PART ->
          Combinators.combine(
                  hex(),
                  Arbitraries.integers().between(1, 1_000),
                  Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(500))
              .as((id, parts, lines) -> new ImportPart(id, parts - 1, parts, lines));
      case IMPORT ->
          Combinators.combine(
                  hex(),
                  Arbitraries.integers().between(1, 1_000),
                  Arbitraries.longs().between(1, Long.MAX_VALUE),
                  text(1, 100).list().ofMaxSize(10),
                  text(1, 1_000),
                  truth())
              .as(ImportOntology::new);
      case RELAXATION ->
          Combinators.combine(text(1, 2_048), number(), text(1, 1_000)).as(RelaxGuard::new);
      case DOCTRINE ->
          Combinators.combine(truth(), rule(sector), text(1, 1_000)).as(ChangeDoctrine::new);
      case APPROVER ->
          Combinators.combine(
                  name(false),
                  Arbitraries.of(Role.values()).set(),
                  text(0, 1_024),
                  Arbitraries.oneOf(hex(), Arbitraries.just("")),
                  text(1, 1_000))
              .as(
                  (person, roles, key, revoked, reason) ->
                      new ChangeApprover(person, new TreeSet<>(roles), key, revoked, reason));
      case ROLLBACK -> Combinators.combine(hex(), text(1, 1_000)).as(RollBack::new);
      case VOTE ->
          Combinators.combine(
                  hex(), hex(), Arbitraries.of(Choice.values()), text(1, 1_000), truth())
              .as(
                  (request, ballot, choice, reason, fault) ->
                      new Vote(request, ballot, choice, reason, fault && choice == Choice.REJECT));
      case WITHDRAWAL -> Combinators.combine(hex(), text(1, 1_000)).as(Withdraw::new);
      case HOLD ->
          Combinators.combine(
                  truth(), Arbitraries.of(HoldTarget.values()), text(1, 2_048), text(1, 1_000))
              .as(
                  (release, target, change, reason) ->
                      new Hold(release, target, target == HoldTarget.CHANGE ? change : "", reason));
    };
  }

  static Arbitrary<DoctrineRule> rule(String sector) {
    Arbitrary<String> id =
        Arbitraries.strings()
            .withChars("abcdefghijklmnopqrstuvwxyz0123456789-")
            .ofMinLength(1)
            .ofMaxLength(64)
            .filter(text -> !text.startsWith("-"));
    return Combinators.combine(
            id,
            Arbitraries.of(DoctrineRule.Constraint.values()),
            Arbitraries.maps(text(1, 64), text(0, 200)).ofMaxSize(32),
            Arbitraries.of(DoctrineRule.Enforcement.values()),
            number(),
            number(),
            number(),
            text(1, 1_000))
        .as(
            (rule, constraint, parameters, enforcement, from, until, version, text) ->
                new DoctrineRule(
                    rule,
                    sector,
                    constraint,
                    new TreeMap<>(parameters),
                    enforcement,
                    from,
                    until,
                    version,
                    text));
  }

  private static Arbitrary<String> hex() {
    return Arbitraries.strings().withChars(HEX.toCharArray()).ofLength(64);
  }

  private static Arbitrary<Long> number() {
    return Arbitraries.longs().between(0, Long.MAX_VALUE);
  }

  private static Arbitrary<Boolean> truth() {
    return Arbitraries.of(true, false);
  }

  private static Arbitrary<String> name(boolean mayBeEmpty) {
    Arbitrary<String> name =
        Arbitraries.strings()
            .withChars("abcdefghijklmnopqrstuvwxyz0123456789._@-")
            .ofMinLength(1)
            .ofMaxLength(64)
            .filter(text -> Character.isLetterOrDigit(text.charAt(0)));
    return mayBeEmpty ? Arbitraries.oneOf(name, Arbitraries.just("")) : name;
  }

  /** Unicode without lone surrogates, control characters included; blank only where it may be. */
  private static Arbitrary<String> text(int min, int max) {
    return Arbitraries.strings()
        .all()
        .ofMinLength(min)
        .ofMaxLength(max)
        .map(ControlMessages::whole)
        .filter(text -> min == 0 || !text.isBlank());
  }

  private static String whole(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(Character.isSurrogate(c) ? 'x' : c);
    }
    return out.toString();
  }
}
