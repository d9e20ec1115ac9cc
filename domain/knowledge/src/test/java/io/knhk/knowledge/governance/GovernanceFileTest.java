package io.knhk.knowledge.governance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.schemas.Sectors;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.DoctrineRule;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GovernanceFileTest {
  private static final Map<String, List<String>> KEYS =
      Map.of(
          "alice", List.of(Office.publicKey("alice", 1)),
          "bob", List.of(Office.publicKey("bob", 1)),
          "carol", List.of(Office.publicKey("carol", 1)),
          "dana", List.of(Office.publicKey("dana", 1)));

  @Test
  void shouldBeginEverySectorWhenTheBundledFileHasKeys() {
    GovernanceFile file = GovernanceFile.bundled().withKeys(KEYS);
    assertThat(file.names()).containsExactly("alice", "bob", "carol", "dana");
    for (String sector : Sectors.ALL) {
      List<Person> persons = file.persons(sector, key -> key);
      assertThat(persons).hasSize(4).allMatch(Person::demonstration);
      Governance governance =
          Governance.begin(
              GovernanceOptions.DEFAULTS, "knhk", sector, persons, file.doctrine(sector));
      assertThat(governance.doctrine().rules())
          .extracting(DoctrineRule::sector)
          .containsOnly(sector);
      assertThat(governance.doctrine().rules()).hasSizeGreaterThan(6);
    }
  }

  @Test
  void shouldLetThreeApproversDecideEverythingThatTheFourthAsksFor() {
    GovernanceFile file = GovernanceFile.bundled().withKeys(KEYS);
    Governance governance =
        Governance.begin(
            GovernanceOptions.DEFAULTS,
            "knhk",
            "finance",
            file.persons("finance", key -> key),
            file.doctrine("finance"));
    for (Asked asked :
        List.of(
            Office.change("a"),
            Office.relaxation(Criticality.CRITICAL),
            new Asked.Approver(
                "erin", new TreeSet<>(Set.of(Role.APPROVER)), Office.publicKey("erin", 1), ""))) {
      assertThat(governance.open(Office.asked(asked.toString(), asked, "dana"), "", 0))
          .as("%s", asked)
          .isInstanceOf(Answer.Accepted.class);
    }
    // One of the three may ask for what two can decide.
    assertThat(governance.open(Office.asked("loosening", Office.change("b"), "alice"), "", 0))
        .isInstanceOf(Answer.Accepted.class);
  }

  @Test
  void shouldLeaveOutWhoHasNoKey() {
    GovernanceFile file =
        GovernanceFile.bundled().withKeys(Map.of("bob", List.of(Office.publicKey("bob", 1))));
    assertThat(file.persons("finance", key -> key)).extracting(Person::name).containsExactly("bob");
    assertThatThrownBy(() -> file.withKeys(Map.of("mallory", List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected a person of the file: person=mallory");
  }

  @Test
  void shouldReadPersonsAndRulesOfTheirSectors() {
    GovernanceFile file =
        parse(
            "{'persons':[{'name':'ann','roles':['administrator'],'sectors':['energy'],"
                + "'keys':['PEM of ann']}],"
                + "'doctrine':[{'id':'r','sectors':['energy'],'constraint':'approval-chain',"
                + "'parameters':{'quorum':'2'},'enforcement':'mandatory','effectiveFromMs':5,"
                + "'text':'A rule.'}]}");
    List<Person> persons =
        file.persons(
            "energy",
            text -> {
              assertThat(text).isEqualTo("PEM of ann");
              return Office.publicKey("ann", 1);
            });
    assertThat(persons).containsExactly(Office.person("ann", 1, Role.ADMINISTRATOR));
    assertThat(file.persons("finance", key -> key)).isEmpty();
    assertThat(file.doctrine("finance")).isEmpty();
    DoctrineRule rule = file.doctrine("energy").get(0);
    assertThat(rule.version()).isEqualTo(1);
    assertThat(rule.effectiveFromMs()).isEqualTo(5);
    assertThat(rule.effectiveUntilMs()).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|expected an object: file",
        "{'person':[]}|expected no other member: file.person",
        "{'persons':{}}|expected an array: member=persons",
        "{'persons':[{'roles':[]}]}|expected a text: member=name",
        "{'persons':[{'name':'Ann'}]}|expected a name of lower-case letters",
        "{'persons':[{'name':'ann','roles':['king']}]}|role=king",
        "{'persons':[{'name':'ann','sectors':['moon']}]}|sectors=[moon]",
        "{'persons':[{'name':'ann','name':'bob'}]}|Duplicate field 'name'",
        "{'doctrine':[{'id':'r','constraint':'approval-chain','parameters':{},'enforcement':'mandatory','text':'x'}]}|expected a parameter: rule=r, parameter=quorum",
        "{'doctrine':[{'id':'r','version':2}]}|expected no other member: rule.version",
        "{} {}|expected JSON",
      })
  void shouldRefuseAFileWhenItIsNotUnderstood(String json, String message) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shouldRefuseAFileWhenItIsTooLarge() {
    assertThatThrownBy(() -> GovernanceFile.parse(new byte[GovernanceFile.BYTES_MAX + 1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit=1048576");
  }

  private static GovernanceFile parse(String json) {
    return GovernanceFile.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
