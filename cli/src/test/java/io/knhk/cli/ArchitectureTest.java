package io.knhk.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.UUID;

/**
 * The dependency table of docs/architecture.md. There is no list of violations that are let pass.
 */
@AnalyzeClasses(packages = "io.knhk", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] DOMAIN = {
    "io.knhk.ledger..", "io.knhk.detection..", "io.knhk.knowledge.."
  };
  private static final String[] PURE = {
    "io.knhk.ledger..", "io.knhk.detection..", "io.knhk.knowledge..", "io.knhk.operators.."
  };

  @ArchTest
  static final ArchRule SCHEMAS_DEPEND_ON_NOTHING =
      noClasses()
          .that()
          .resideInAPackage("io.knhk.schemas..")
          .should()
          .dependOnClassesThat(
              not(
                  resideInAnyPackage(
                      "io.knhk.schemas..", "java..", "com.fasterxml.jackson..", "org.jspecify..")))
          .because(
              "contracts need the JDK and a parser; move what needs more into the module that uses it");

  @ArchTest
  static final ArchRule REGISTRY_DEPENDS_ON_NOTHING =
      noClasses()
          .that()
          .resideInAPackage("io.knhk.registry..")
          .should()
          .dependOnClassesThat(
              not(resideInAnyPackage("io.knhk.registry..", "java..", "org.jspecify..")))
          .because(
              "it holds names and nothing else; move code into the module that uses the names");

  @ArchTest static final ArchRule LEDGER_KNOWS_SCHEMAS_ONLY = leaf("io.knhk.ledger..");

  @ArchTest static final ArchRule DETECTION_KNOWS_SCHEMAS_ONLY = leaf("io.knhk.detection..");

  @ArchTest static final ArchRule KNOWLEDGE_KNOWS_SCHEMAS_ONLY = leaf("io.knhk.knowledge..");

  @ArchTest
  static final ArchRule DOMAIN_KNOWS_NO_FLINK_OR_KAFKA =
      noClasses()
          .that()
          .resideInAnyPackage(DOMAIN)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..", "java.sql..")
          .because(
              "domain code runs without a cluster; pass values in, and adapt them in operators");

  @ArchTest
  static final ArchRule OPERATORS_KNOW_NOTHING_ABOVE =
      noClasses()
          .that()
          .resideInAPackage("io.knhk.operators..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.knhk.jobs..", "io.knhk.embedded..", "io.knhk.cli..")
          .because("jobs compose operators; pass what is needed in through a constructor");

  @ArchTest
  static final ArchRule OPERATOR_PACKAGES_DO_NOT_KNOW_EACH_OTHER =
      slices()
          .matching("io.knhk.operators.(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(
              resideInAPackage("io.knhk.operators.."),
              resideInAPackage("io.knhk.operators.types.."))
          .because(
              "only jobs composes phases; put what crosses an edge into io.knhk.operators.types");

  @ArchTest
  static final ArchRule JOBS_KNOW_OPERATORS_AND_SCHEMAS =
      noClasses()
          .that()
          .resideInAPackage("io.knhk.jobs..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.knhk.embedded..", "io.knhk.cli..")
          .because("a job runs on any cluster; move what belongs to one machine into embedded");

  @ArchTest
  static final ArchRule EMBEDDED_DOES_NOT_KNOW_THE_COMMAND =
      noClasses()
          .that()
          .resideInAPackage("io.knhk.embedded..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.knhk.cli..", "io.knhk.operators..", "io.knhk.detection..", "io.knhk.knowledge..")
          .because("embedded starts jobs and knows the ledger; ask jobs for what else is needed");

  @ArchTest
  static final ArchRule THE_COMMAND_KNOWS_NO_OPERATORS =
      noClasses()
          .that()
          .resideInAPackage("io.knhk.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.knhk.operators..", "io.knhk.detection..")
          .because(
              "the command sees what everybody sees: topics, tables, receipts; it may read"
                  + " knowledge, never decide on it");

  /** Reading RDF, guards, rules and requests is not deciding on them. */
  @ArchTest
  static final ArchRule THE_COMMAND_DECIDES_NOTHING =
      noClasses()
          .that()
          .resideInAPackage("io.knhk.cli..")
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "io\\.knhk\\.knowledge\\.(.*Stage|ValidationPipeline|Proposer|Candidate|Context)")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("io.knhk.knowledge.governance.Governance")
          .because("execute is the one place that decides; send it a control message");

  @ArchTest
  static final ArchRule JENA_LIVES_IN_KNOWLEDGE =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.knhk.knowledge..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.jena..")
          .because("RDF is compiled in io.knhk.knowledge; use a compiled snapshot");

  @ArchTest
  static final ArchRule BOUNCY_CASTLE_LIVES_IN_LEDGER =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.knhk.ledger..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bouncycastle..")
          .because("there is one verifier; use io.knhk.ledger.SigningKey and VerifyingKey");

  @ArchTest
  static final ArchRule NO_GUAVA =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.google.common..")
          .because(
              "Flink, Kafka and users bring Guava in their own versions; the JDK has what is needed");

  @ArchTest
  static final ArchRule NO_CLOCK_IN_PURE_CODE =
      noClasses()
          .that()
          .resideInAnyPackage(PURE)
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(LocalDateTime.class, "now")
          .orShould()
          .callMethod(OffsetDateTime.class, "now")
          .orShould()
          .callMethod(ZonedDateTime.class, "now")
          .orShould()
          .callMethod(Clock.class, "systemUTC")
          .orShould()
          .callMethod(Clock.class, "systemDefaultZone")
          .because("a replay must give the same bytes; use recordedAtMs or the event's time");

  @ArchTest
  static final ArchRule NO_STOPWATCH_IN_DOMAIN =
      noClasses()
          .that()
          .resideInAnyPackage(DOMAIN)
          .should()
          .callMethod(System.class, "nanoTime")
          .because("durations are measured by the operators that report them as metrics");

  /** Those that may measure how long something took, for a histogram and for nothing else. */
  @ArchTest
  static final ArchRule STOPWATCHES_IN_OPERATORS_ARE_LISTED =
      noClasses()
          .that()
          .resideInAPackage("io.knhk.operators..")
          .and()
          .doNotHaveFullyQualifiedName("io.knhk.operators.archive.ArchiveWriter")
          .and()
          .doNotHaveFullyQualifiedName("io.knhk.operators.record.SigningCommitter")
          .and()
          .doNotHaveFullyQualifiedName("io.knhk.operators.execute.Changes")
          .should()
          .callMethod(System.class, "nanoTime")
          .because(
              "a decision must not depend on how long something took; name a class here only if it reports a metric");

  @ArchTest
  static final ArchRule NO_RANDOMNESS_IN_PURE_CODE =
      noClasses()
          .that()
          .resideInAnyPackage(PURE)
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.Random")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.SplittableRandom")
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .callMethod(UUID.class, "randomUUID")
          .because(
              "a replay must give the same bytes; derive what you need from the content with SHA-256");

  private static ArchRule leaf(String leaf) {
    return noClasses()
        .that()
        .resideInAPackage(leaf)
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.knhk..").and(not(resideInAnyPackage(leaf, "io.knhk.schemas.."))))
        .because(
            "a domain leaf knows schemas only; pass a record of schemas from one leaf to another");
  }
}
