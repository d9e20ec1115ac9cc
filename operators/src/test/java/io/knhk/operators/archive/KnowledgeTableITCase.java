package io.knhk.operators.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.knowledge.Snapshot;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnowledgeTableITCase {
  @TempDir private static Path folder;
  private static ArchiveDatabaseFixture postgres;

  @BeforeAll
  static void startPostgres() throws Exception {
    postgres = new ArchiveDatabaseFixture(folder);
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    postgres.close();
  }

  @BeforeEach
  void newDatabase() throws Exception {
    postgres.newDatabase();
  }

  @Nested
  class Written {
    @Test
    void shouldFillEveryColumnWhenADocumentIsWritten() throws Exception {
      ArchiveRow row = Documents.row(Kind.REQUEST, "r1", 2, 7, "{'state':'submitted','n':1}");

      write(List.of(row));

      assertThat(
              postgres.column(
                  """
                  select concat_ws('|', log, sector, kind, id, revision, recorded_at, document, about, key_id, version is null,
                    body_hash = sha256(body), signature = repeat('0', 128))
                  from knhk.knowledge_documents\
                  """))
          .containsExactly(
              "test-log|finance|request|r1|2|7|{\"n\": 1, \"state\": \"submitted\"}|r1|"
                  + Receipted.KEY.publicKey().keyId()
                  + "|t|t|t");
      assertThat((byte[]) postgres.column("select body from knhk.knowledge_documents").get(0))
          .isEqualTo(row.knowledge().body());
    }

    @Test
    void shouldKeepTheBodyWhenTextHoldsWhatPostgresCannot() throws Exception {
      ArchiveRow row = Documents.row(Kind.PERSON, "a\0b", 0, 7, "{'person':'a\\u0000b'}");

      write(List.of(row));

      assertThat(postgres.column("select document ->> 'person' from knhk.knowledge_documents"))
          .containsExactly("a\ufffdb");
      assertThat((byte[]) postgres.column("select body from knhk.knowledge_documents").get(0))
          .isEqualTo(row.knowledge().body());
    }

    @Test
    void shouldNumberDocumentsInTheOrderTheyCame() throws Exception {
      List<ArchiveRow> rows = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        rows.add(Documents.row(Kind.HOLD, "h" + (i * 37 % 50), 0, 7, "{}"));
      }

      write(rows);

      assertThat(postgres.column("select id from knhk.knowledge_documents order by number"))
          .isEqualTo(rows.stream().map(row -> row.knowledge().id()).toList());
    }

    @Test
    void shouldRefuseToChangeWhenARowIsThere() throws Exception {
      write(List.of(Documents.row(Kind.HOLD, "promotions", 0, 7, "{}")));

      assertThatThrownBy(() -> postgres.execute("update knhk.knowledge_documents set id = 'x'"))
          .hasMessageContaining("append-only");
      assertThatThrownBy(() -> postgres.execute("delete from knhk.knowledge_documents"))
          .hasMessageContaining("append-only");
      assertThatThrownBy(() -> postgres.execute("truncate knhk.knowledge_documents"))
          .hasMessageContaining("append-only");
    }
  }

  @Nested
  class Repeated {
    @Test
    void shouldKeepOneRowWhenADocumentIsRepeated() throws Exception {
      ArchiveRow row = Documents.row(Kind.REQUEST, "r1", 0, 7, "{}");

      write(List.of(row, row));
      write(List.of(row));

      assertThat(postgres.count("knowledge_documents")).isEqualTo(1);
      assertThat(postgres.count("document_conflicts")).isZero();
    }

    @Test
    void shouldKeepBothAndSaySoWhenTwoDocumentsAreOneAndDiffer() throws Exception {
      ArchiveRow first = Documents.row(Kind.REQUEST, "r1", 0, 7, "{'state':'submitted'}");
      ArchiveRow other = Documents.row(Kind.REQUEST, "r1", 0, 7, "{'state':'approved'}");

      assertThat(conflicts(List.of(first))).isEmpty();
      assertThat(conflicts(List.of(first, other)))
          .containsExactly("log=test-log, sector=finance, kind=request, about=r1, revision=0");
      assertThat(conflicts(List.of(first, other))).isEmpty();

      assertThat(postgres.column("select documents from knhk.document_conflicts"))
          .containsExactly(2L);
      // What came last says how it stands.
      assertThat(postgres.column("select state from knhk.requests")).containsExactly("approved");
      assertThat(postgres.count("quarantine")).isZero();
    }

    @Test
    void shouldSeeNoConflictWhenAnIdOccursUnderTwoVersionsOrARuleIsRetired() throws Exception {
      assertThat(
              conflicts(
                  List.of(
                      Documents.delta(1, "s1", "", 0, 1, List.of("a"), List.of()),
                      Documents.delta(2, "s2", "s1", 0, 1, List.of("b"), List.of("a")),
                      Documents.delta(3, "s1", "s2", 0, 1, List.of("a"), List.of("b")),
                      Documents.row(Kind.DOCTRINE, "rule", 1, 7, "{'retired':false}"),
                      Documents.row(Kind.DOCTRINE, "rule", 1, 8, "{'retired':true}"))))
          .isEmpty();
      assertThat(postgres.count("document_conflicts")).isZero();
    }
  }

  @Nested
  class Triples {
    @Test
    void shouldBeWhatTheSnapshotSaysWhenAVersionOfALargeOntologyIsAskedFor() throws Exception {
      TreeSet<String> lines = new TreeSet<>();
      for (int i = 0; i < 20_000; i++) {
        lines.add(line(i));
      }
      List<ArchiveRow> rows = new ArrayList<>();
      List<Snapshot> versions = new ArrayList<>();
      versions.add(Snapshot.of(lines));
      List<String> base = List.copyOf(lines);
      for (int part = 0; part < 4; part++) {
        rows.add(
            Documents.delta(
                1,
                versions.get(0).id(),
                "",
                part,
                4,
                base.subList(part * 5_000, part * 5_000 + 5_000),
                List.of()));
      }
      // Removed and added again, added and removed again, and the same line more than once.
      for (int version = 2; version <= 12; version++) {
        List<String> removed = List.of(base.get(version % 3), base.get(version * 100));
        List<String> added = new ArrayList<>(List.of(line(20_000 + version % 3)));
        if (version > 3) {
          added.add(base.get((version - 1) * 100));
        }
        removed = removed.stream().filter(lines::contains).toList();
        added.removeIf(lines::contains);
        lines.removeAll(removed);
        lines.addAll(added);
        Snapshot next = Snapshot.of(lines);
        rows.add(
            Documents.delta(
                version, next.id(), versions.get(versions.size() - 1).id(), 0, 1, added, removed));
        versions.add(next);
      }

      write(rows);

      for (int i = 0; i < versions.size(); i++) {
        List<Object> stored = triples(i + 1);
        assertThat(stored).isEqualTo(List.copyOf(new TreeSet<>(versions.get(i).lines())));
        assertThat(Snapshot.of(stored.stream().map(String.class::cast).toList()).id())
            .isEqualTo(versions.get(i).id());
      }
    }

    @Test
    void shouldFollowVersionsWhenAWayBackGivesAnIdASecondTime() throws Exception {
      write(
          List.of(
              Documents.delta(1, "s1", "", 0, 1, List.of("a", "b"), List.of()),
              Documents.delta(2, "s2", "s1", 0, 1, List.of("c"), List.of("a")),
              Documents.delta(3, "s1", "s2", 0, 1, List.of("a"), List.of("c")),
              Documents.delta(4, "s4", "s1", 0, 1, List.of("d"), List.of())));

      assertThat(triples(2)).containsExactly("b", "c");
      assertThat(triples(3)).containsExactly("a", "b");
      assertThat(triples(4)).containsExactly("a", "b", "d");
      assertThat(
              postgres.column(
                  "select version || snapshot_id || '<' || from_id || ' ' || added::text || removed::text || complete"
                      + " from knhk.snapshot_deltas order by version"))
          .containsExactly(
              "1s1< {a,b}{}true", "2s2<s1 {c}{a}true", "3s1<s2 {a}{c}true", "4s4<s1 {d}{}true");
    }

    @Test
    void shouldSayWhatIsMissingWhenAPartIsNotThere() throws Exception {
      write(
          List.of(
              Documents.delta(1, "s1", "", 0, 2, List.of("a"), List.of()),
              Documents.delta(2, "s2", "s1", 0, 1, List.of("b"), List.of()),
              Documents.delta(3, "s3", "lost", 0, 1, List.of("c"), List.of())));

      assertThatThrownBy(() -> triples(2))
          .hasMessageContaining("every part of the delta")
          .hasMessageContaining("version=1, parts=2, stored=1");
      assertThatThrownBy(() -> triples(3)).hasMessageContaining("from=lost");
      assertThatThrownBy(() -> triples(9)).hasMessageContaining("version=9");
      assertThat(
              postgres.column(
                  "select version from knhk.snapshot_deltas where not complete order by 1"))
          .containsExactly(1L);
      write(List.of(Documents.delta(1, "s1", "", 1, 2, List.of("z"), List.of())));
      assertThat(triples(2)).containsExactly("a", "b", "z");
    }

    @Test
    void shouldTakeTheDeltaOfThePromotedSnapshotWhenAVersionHasTwo() throws Exception {
      write(
          List.of(
              Documents.snapshot(1, "s1", "", ""),
              Documents.delta(1, "s1", "", 0, 1, List.of("a"), List.of()),
              Documents.delta(1, "s9", "", 0, 1, List.of("x"), List.of())));

      assertThat(triples(1)).containsExactly("a");
      assertThat(postgres.count("document_conflicts")).isEqualTo(1);
    }

    private List<Object> triples(long version) throws Exception {
      return postgres.column("select * from knhk.triples(?, 'finance', ?)", Receipted.LOG, version);
    }

    private static String line(int number) {
      return "<https://knhk.io/ns/finance#e"
          + number
          + "> <http://www.w3.org/2000/01/rdf-schema#label> \"É ü "
          + number * 7_919
          + "\" .";
    }
  }

  private static List<String> conflicts(List<ArchiveRow> rows) throws Exception {
    try (ArchiveDatabase database = new ArchiveDatabase(postgres.options())) {
      return database.transaction(
          tables -> tables.knowledge().insert(rows.stream().map(ArchiveRow::knowledge).toList()));
    }
  }

  private static void write(List<ArchiveRow> rows) throws Exception {
    try (var harness = postgres.writer()) {
      for (ArchiveRow row : rows) {
        harness.processElement(row, 0);
      }
      harness.prepareSnapshotPreBarrier(1);
    }
  }
}
