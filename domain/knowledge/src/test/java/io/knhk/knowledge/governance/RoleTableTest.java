package io.knhk.knowledge.governance;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.schemas.control.ControlContent;
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
import io.knhk.schemas.control.ControlKind;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.DoctrineRule.Constraint;
import io.knhk.schemas.knowledge.DoctrineRule.Enforcement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The table in the code is the table in the handbook. */
class RoleTableTest {
  private static final List<ControlContent> CONTENTS =
      List.of(
          new ProposeChange("", "", "", "", false),
          new ImportPart("", 0, 1, new byte[0]),
          new ImportOntology("", 1, 1, List.of(), "", false),
          new RelaxGuard("", 1, ""),
          new ChangeDoctrine(
              false,
              Office.rule("r", Constraint.RESOURCE_LIMIT, Enforcement.ADVISORY, "max-types", "1"),
              ""),
          new ChangeApprover("x", new TreeSet<>(), "", "", ""),
          new RollBack("", ""),
          new Vote("", "", Choice.APPROVE, "", false),
          new Withdraw("", ""),
          new Hold(false, HoldTarget.PROMOTIONS, "", ""),
          new Hold(true, HoldTarget.PROMOTIONS, "", ""));

  @Test
  void shouldAllowWhatTheHandbookSays() throws IOException {
    Map<String, Set<Role>> documented = documented();
    Set<ControlKind> kinds = EnumSet.noneOf(ControlKind.class);
    Set<String> names = new TreeSet<>();
    for (ControlContent content : CONTENTS) {
      String name = name(content);
      kinds.add(content.kind());
      names.add(name);
      assertThat(RoleTable.senders(content)).as(name).isEqualTo(documented.get(name));
    }
    assertThat(kinds).containsExactly(ControlKind.values());
    assertThat(documented.keySet()).isEqualTo(names);
  }

  private static String name(ControlContent content) {
    if (content instanceof Hold hold && hold.release()) {
      return "release";
    }
    // A part is sent by whoever sends the import.
    return content instanceof ImportPart
        ? "import"
        : content.kind().name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, Set<Role>> documented() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("docs/handbook/governance.md"))) {
      root = root.getParent();
    }
    List<Role> columns = List.of(Role.ADMINISTRATOR, Role.APPROVER, Role.STEWARD);
    Map<String, Set<Role>> documented = new TreeMap<>();
    boolean inTable = false;
    for (String line : Files.readAllLines(root.resolve("docs/handbook/governance.md"))) {
      if (line.startsWith("| message | administrator | approver | steward |")) {
        inTable = true;
      } else if (inTable && !line.startsWith("|")) {
        break;
      } else if (inTable && !line.startsWith("|--")) {
        String[] cells = line.split("\\|", -1);
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (int i = 0; i < columns.size(); i++) {
          if (cells[i + 2].strip().equals("yes")) {
            roles.add(columns.get(i));
          }
        }
        for (String name : cells[1].split(",", -1)) {
          documented.put(name.strip(), roles);
        }
      }
    }
    return documented;
  }
}
