package io.knhk.knowledge.governance;
import io.knhk.schemas.knowledge.DoctrineRule;
import java.util.List;
public final class GovernanceFile {
  public static GovernanceFile parse(String json) { return new GovernanceFile(); }
  public List<Person> persons(String sector) { return List.of(); }
  public List<DoctrineRule> rules(String sector) { return List.of(); }
}
