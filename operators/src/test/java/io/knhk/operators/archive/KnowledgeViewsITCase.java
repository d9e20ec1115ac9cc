package io.knhk.operators.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people read of documents and receipts. */
class KnowledgeViewsITCase {
  @TempDir private static Path folder;
  private static ArchiveDatabaseFixture postgres;

  private final Receipted finance = new Receipted("finance");
  private final List<RawRecord> receipts = new ArrayList<>();
  private final List<ArchiveRow> rows = new ArrayList<>();

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
  class OfDocuments {
    @Test
    void shouldShowEachRequestAsItStands() throws Exception {
      document(Kind.REQUEST, "r1", 0, request("change", "submitted", "p1", "[]", 0, false));
      document(Kind.REQUEST, "r2", 0, request("relaxation", "under-review", "", "[]", 0, false));
      document(
          Kind.REQUEST,
          "r1",
          1,
          request(
              "change",
              "approved",
              "p1",
              "[{'person':'ada','keyId':'k','voteId':'v1','reason':'','atMs':5,'demonstration':true}]",
              9_000,
              true));
      stored();

      assertThat(
              texts(
                  """
                  select concat_ws('|', request_id, revision, kind, state, waiting, approvals_needed, proposal_id, summary, author,
                    on_behalf_of, criticality, quorum, review, epoch(submitted_at), epoch(review_ends_at), epoch(expires_at),
                    ballot, parent, doctrine, element, approvals -> 0 ->> 'person', rejections, reason, epoch(ended_at),
                    demonstration, detail)
                  from knhk.requests order by 1\
                  """))
          .containsExactly(
              "r1|1|change|approved|f|2|p1|a change|steward|cara|high|2|12:00:00|1|2|3|b|s1|d|e|ada|[]|why|9|t|{}",
              "r2|0|relaxation|under-review|t|2|a change|steward|cara|high|2|12:00:00|1|2|3|b|s1|d|e|[]|why|f|{}");
    }

    @Test
    void shouldSayWhichDoctrineIsInForceByTheSectorsOwnClock() throws Exception {
      document(Kind.DOCTRINE, "always", 1, rule("always", 0, Long.MAX_VALUE, false));
      document(Kind.DOCTRINE, "always", 2, rule("always", 0, Long.MAX_VALUE, false));
      document(Kind.DOCTRINE, "ended", 1, rule("ended", 0, 4_000, false));
      document(Kind.DOCTRINE, "later", 1, rule("later", 4_001, Long.MAX_VALUE, false));
      document(Kind.DOCTRINE, "now", 1, rule("now", 4_000, 4_001, false));
      document(Kind.DOCTRINE, "retired", 1, rule("retired", 0, Long.MAX_VALUE, false));
      document(Kind.DOCTRINE, "retired", 1, rule("retired", 0, Long.MAX_VALUE, true));
      stored();
      assertThat(texts("select rule from knhk.doctrines where in_force")).isEmpty();

      receipt(Operation.DoctrineRuleAdded, "added", "x", 4_000, "{}");
      stored();

      assertThat(
              texts(
                  """
                  select concat_ws('|', rule, version, in_force, retired, constraint_type, enforcement, parameters ->> 'max', text,
                    epoch(effective_from), epoch(effective_until), doctrine_hash)
                  from knhk.doctrines order by rule, version\
                  """))
          .containsExactly(
              "always|1|f|f|resource-limit|mandatory|5|At most five.|0|hash",
              "always|2|t|f|resource-limit|mandatory|5|At most five.|0|hash",
              "ended|1|f|f|resource-limit|mandatory|5|At most five.|0|4|hash",
              "later|1|f|f|resource-limit|mandatory|5|At most five.|4.001|hash",
              "now|1|t|f|resource-limit|mandatory|5|At most five.|4|4.001|hash",
              "retired|1|f|t|resource-limit|mandatory|5|At most five.|0|hash");
    }

    @Test
    void shouldShowPersonsAndTheirKeys() throws Exception {
      document(
          Kind.PERSON,
          "ada",
          0,
          "{'person':'ada','roles':['approver'],'keys':[{'keyId':'k1','publicKey':'ab','revoked':false}],'demonstration':true}");
      document(
          Kind.PERSON,
          "ada",
          1,
          "{'person':'ada','roles':['approver','steward'],'keys':[{'keyId':'k1','publicKey':'ab','revoked':true},"
              + "{'keyId':'k2','publicKey':'cd','revoked':false}],'demonstration':true}");
      stored();

      assertThat(
              texts(
                  "select concat_ws('|', person, revision, roles, keys, demonstration) from knhk.persons"))
          .containsExactly("ada|1|{approver,steward}|1|t");
      assertThat(
              texts(
                  "select concat_ws('|', person, key_id, public_key, revoked, roles, demonstration) from knhk.person_keys"
                      + " order by 1"))
          .containsExactly("ada|k1|ab|t|{approver,steward}|t", "ada|k2|cd|f|{approver,steward}|t");
    }

    @Test
    void shouldSayWhichRelaxationsAreInForceByTheSectorsOwnClock() throws Exception {
      for (long[] ends : new long[][] {{3_999, 4_000}, {4_000, 4_001}, {4_001, 9_000}}) {
        document(
            Kind.RELAXATION,
            "r" + ends[0],
            0,
            "{'guard':'g','fromMs':%d,'untilMs':%d,'requestId':'r'}".formatted(ends[0], ends[1]));
      }
      receipt(Operation.GuardRelaxationApproved, "approved", "x", 4_000, "{}");
      stored();

      assertThat(
              texts(
                  "select concat_ws('|', guard, request_id, epoch(relaxed_from), epoch(relaxed_until), in_force)"
                      + " from knhk.relaxations order by relaxed_from"))
          .containsExactly("g|r|3.999|4|f", "g|r|4|4.001|t", "g|r|4.001|9|f");
    }

    @Test
    void shouldShowWhatIsHeldAndNotWhatWasReleased() throws Exception {
      document(Kind.HOLD, "promotions", 0, hold("promotions", "", true));
      document(Kind.HOLD, "change:e1", 0, hold("change", "e1", true));
      document(Kind.HOLD, "proposals", 0, hold("proposals", "", true));
      document(Kind.HOLD, "proposals", 1, hold("proposals", "", false));
      document(
          Kind.INCIDENT,
          "v1",
          0,
          "{'requestId':'r1','proposalId':'p1','person':'ada','reason':'cents','sources':['a','b']}");
      stored();

      assertThat(
              texts(
                  "select concat_ws('|', target, change, held_by, reason, request_id) from knhk.held order by 1"))
          .containsExactly("change|e1|ada|why|r1", "promotions|ada|why|r1");
      assertThat(
              texts(
                  "select concat_ws('|', vote_id, request_id, proposal_id, person, reason, sources) from knhk.incidents"))
          .containsExactly("v1|r1|p1|ada|cents|{a,b}");
    }

    @Test
    void shouldShowAProposalAsAStewardWantsIt() throws Exception {
      document(
          Kind.PROPOSAL,
          "p1",
          0,
          """
          {'proposalId':'p1','requestId':'p1','element':'e','rule':'by-hand','loosens':true,'confidence':0.5,'summary':'s',
           'author':'steward','onBehalfOf':'','basisVersion':3,'basisSnapshotId':'s3','added':['l1','l2'],'removed':[],
           'addedCount':2,'removedCount':0,'plain':['One.','Two.'],'examples':[{'eventType':'t','conforms':false}],
           'affected':{'eventTypes':['t'],'sources':1,'subjects':2},'compatibility':'backward',
           'stages':[{'stage':'static','passed':true,'checked':1,'figures':{},'measuredNs':7,'witnesses':[],'remarks':[],'reason':''}]}
          """);
      stored();

      assertThat(
              texts(
                  """
                  select concat_ws('|', proposal_id, request_id, element, rule, loosens, confidence, summary, author, on_behalf_of,
                    basis_version, basis_snapshot_id, added, removed, added_count, removed_count, plain, examples -> 0 ->> 'eventType',
                    affected ->> 'subjects', compatibility, stages -> 0 ->> 'measuredNs')
                  from knhk.proposal_documents\
                  """))
          .containsExactly(
              "p1|p1|e|by-hand|t|0.5|s|steward|3|s3|{l1,l2}|{}|2|0|{One.,Two.}|t|2|backward|7");
    }
  }

  @Nested
  class OfReceipts {
    @Test
    void shouldShowVotesWithTheirPersons() throws Exception {
      vote("v1", "r1", "approve", "ada", true);
      vote("v2", "r1", "reject", "bob", false);
      vote("v3", "r1", "abstain", "cara", false);
      receipt(
          Operation.TransactionDecided,
          "refused",
          "m1",
          5,
          "{'messageId':'m1','requestId':'r1','person':'eve'}",
          "r1");
      stored();

      assertThat(
              texts(
                  "select concat_ws('|', vote_id, request_id, choice, person, key_id, demonstration, reason) from knhk.votes"
                      + " order by seq"))
          .containsExactly(
              "v1|r1|approve|ada|key|t|why",
              "v2|r1|reject|bob|key|f|why",
              "v3|r1|abstain|cara|key|f|why");
    }

    @Test
    void shouldShowEachStageOfAValidation() throws Exception {
      receipt(
          Operation.ValidationExecuted,
          "failed",
          "verdict",
          5,
          """
          {'proposalId':'p1','stages':[
            {'stage':'static','checked':7,'figures':{'shapes':2},'passed':true,'remarks':1},
            {'stage':'guards','checked':1,'figures':{},'passed':false,'witnesses':[{'focusNode':'n'}],'witnessesLeftOut':2},
            {'stage':'rollback','passed':null,'reason':'there is no shadow'}]}
          """,
          "p1");
      stored();

      assertThat(
              texts(
                  """
                  select concat_ws('|', verdict_id, proposal_id, position, stage, coalesce(passed::text, '-'), checked, figures,
                    witnesses, witnesses_left_out, remarks, reason, verdict)
                  from knhk.stage_reports order by position\
                  """))
          .containsExactly(
              "verdict|p1|1|static|true|7|{\"shapes\": 2}|[]|0|1|failed",
              "verdict|p1|2|guards|false|1|{}|[{\"focusNode\": \"n\"}]|2|0|failed",
              "verdict|p1|3|rollback|-|{}|[]|0|0|there is no shadow|failed");
    }

    @Test
    void shouldShowShadowTestsAndViolations() throws Exception {
      receipt(
          Operation.ShadowTestExecuted,
          "passed",
          "t1",
          5,
          "{'test':'t','label':'known currencies','checks':3,'proposalId':'p1'}");
      receipt(
          Operation.ShadowTestExecuted,
          "failed",
          "t2",
          5,
          "{'test':'u','label':'other','checks':1,'witnesses':[{'path':'p'}]}");
      receipt(
          Operation.InvariantViolation,
          "violated",
          "i1",
          5,
          "{'invariant':'Q2','version':2,'proposalId':'p1','eventType':'t','checked':10,'nonConforming':2,'witness':{'id':'o'}}",
          "s2");
      stored();

      assertThat(
              texts(
                  "select concat_ws('|', test, label, checks, passed, proposal_id, witnesses) from knhk.shadow_tests order by seq"))
          .containsExactly("t|known currencies|3|t|p1|[]", "u|other|1|f|[{\"path\": \"p\"}]");
      assertThat(
              texts(
                  "select concat_ws('|', violation_id, invariant, version, proposal_id, event_type, checked, non_conforming, witness) from knhk.violations"))
          .containsExactly("i1|Q2|2|p1|t|10|2|{\"id\": \"o\"}");
    }

    @Test
    void shouldNotTakeAVoteOrARefusedMessageForTheEndOfAProposal() throws Exception {
      proposed("p1", "r1");
      decided("pending", "d1", "{'proposalId':'p1','requestId':'r1'}");
      assertThat(outcomes()).containsExactly("p1|pending|t|r1");

      vote("v1", "r1", "reject", "bob", false);
      receipt(
          Operation.TransactionDecided,
          "refused",
          "m1",
          5,
          "{'messageId':'m1','requestId':'r1','proposalId':'p1','reason':'self-approval'}");
      assertThat(outcomes()).containsExactly("p1|pending|t|r1");

      decided("approved", "d2", "{'requestId':'r1','proposalId':'p1'}");
      assertThat(outcomes()).containsExactly("p1|approved|f|r1");

      receipt(Operation.SnapshotPromoted, "promoted", "s2", 5, "{'proposalId':'p1','version':2}");
      assertThat(outcomes()).containsExactly("p1|promoted|f|r1");
    }

    @Test
    void shouldFollowTheRequestWhenItsEndNamesNoProposal() throws Exception {
      proposed("automatic", null);
      proposed("by-hand", "r2");
      proposed("other", "r3");
      decided("pending", "d1", "{'proposalId':'automatic'}");
      decided("expired", "d2", "{'requestId':'automatic'}");
      decided("rejected", "d3", "{'requestId':'r2'}");

      assertThat(outcomes())
          .containsExactly(
              "automatic|expired|f|automatic", "by-hand|rejected|f|r2", "other|proposed|f|r3");
    }

    @Test
    void shouldNameTheMessageAsTheRequestWhenAPersonWroteTheChange() throws Exception {
      receipt(
          Operation.ProposalGenerated,
          "proposed",
          "p1",
          5,
          "{'element':'e','rule':'by-hand'}",
          "message");
      assertThat(outcomes()).containsExactly("p1|proposed|f|message");

      decided("tried", "d1", "{'proposalId':'p1'}");
      assertThat(outcomes()).containsExactly("p1|tried|f|message");
    }

    @Test
    void shouldKeepAProposalRefusedThatFailedItsValidation() throws Exception {
      proposed("p1", null);
      receipt(Operation.ValidationExecuted, "failed", "verdict", 5, "{'proposalId':'p1'}", "p1");
      assertThat(outcomes()).containsExactly("p1|refused|f|p1");

      decided("refused", "d1", "{'proposalId':'p1','reason':'static'}");
      assertThat(outcomes()).containsExactly("p1|refused|f|p1");
    }

    @Test
    void shouldTellVersionsApartWhenAWayBackGivesAnIdASecondTime() throws Exception {
      rows.add(Documents.snapshot(1, "s1", "", ""));
      rows.add(Documents.snapshot(2, "s2", "s1", "p1"));
      rows.add(Documents.snapshot(3, "s1", "s2", "p2"));
      receipt(Operation.SnapshotPromoted, "promoted", "s2", 5, "{'proposalId':'p1','version':2}");
      receipt(Operation.SnapshotPromoted, "promoted", "s1", 5, "{'proposalId':'p2','version':3}");
      ingested("run1", 100, 40, 1);
      ingested("run2", 60, 15, 3);
      stored();

      assertThat(
              texts(
                  "select concat_ws('|', version, snapshot_id, parent_id, proposal_id, request_id) from knhk.promotions"
                      + " order by seq"))
          .containsExactly("2|s2|s1|p1|p1", "3|s1|s2|p2|p2");
      assertThat(
              texts(
                  "select concat_ws('|', observations, promoted, snapshot_version, checked, non_conforming,"
                      + " non_conforming_share, waiting) from knhk.sector_status"))
          .containsExactly("160|2|3|60|15|0.25|0");
    }

    @Test
    void shouldNameWhatDemonstrationKeysApproved() throws Exception {
      rows.add(Documents.snapshot(2, "s2", "s1", "p1"));
      rows.add(Documents.snapshot(3, "s3", "s2", "p2"));
      rows.add(Documents.snapshot(4, "s4", "s3", "p3"));
      vote("v1", "r1", "approve", "ada", true);
      vote("v2", "r1", "approve", "bob", false);
      receipt(
          Operation.SnapshotPromoted,
          "promoted",
          "s2",
          5,
          "{'proposalId':'p1','requestId':'r1','version':2}");
      vote("v3", "p2", "approve", "bob", false);
      vote("v4", "p2", "reject", "ada", true);
      receipt(Operation.SnapshotPromoted, "promoted", "s3", 5, "{'proposalId':'p2','version':3}");
      vote("v5", "p3", "approve", "ada", true);
      receipt(Operation.SnapshotPromoted, "promoted", "s4", 5, "{'proposalId':'p3','version':4}");
      rows.add(Documents.snapshot(5, "s5", "s4", "p4"));
      vote("v7", "p4", "approve", "ada", true);
      // Its vote was void when the change was approved, and the receipt says so.
      receipt(
          Operation.SnapshotPromoted,
          "promoted",
          "s5",
          5,
          "{'proposalId':'p4','requestId':'p4','version':5,'demonstration':false}");
      // After the promotion it approves nothing any more.
      vote("v6", "p2", "approve", "ada", true);
      stored();

      assertThat(
              texts(
                  "select concat_ws('|', version, snapshot_id, request_id, persons) from knhk.demonstration_decisions"
                      + " order by seq"))
          .containsExactly("2|s2|r1|{ada}", "4|s4|p3|{ada}");
    }

    private void proposed(String proposal, String request) {
      receipt(
          Operation.ProposalGenerated,
          "proposed",
          proposal,
          5,
          request == null ? "{'element':'e'}" : "{'element':'e','requestId':'" + request + "'}");
    }

    private void decided(String outcome, String subject, String evidence) {
      receipt(Operation.TransactionDecided, outcome, subject, 5, evidence);
    }

    private void ingested(String run, int count, int nonConforming, int version) {
      receipt(
          Operation.ObservationIngested,
          "ingested",
          run,
          5,
          "{'count':%d,'nonConforming':%d,'snapshotVersion':%d}"
              .formatted(count, nonConforming, version));
    }

    private List<Object> outcomes() throws Exception {
      stored();
      return texts(
          "select concat_ws('|', proposal_id, outcome, pending, request_id) from knhk.proposals order by seq");
    }
  }

  @Test
  void shouldExplainEveryTableViewAndFunction() throws Exception {
    assertThat(
            texts(
                """
                select c.relname from pg_class c
                where c.relnamespace = 'knhk'::regnamespace and c.relkind in ('r', 'v')
                  and c.relname <> 'flyway_schema_history' and obj_description(c.oid, 'pg_class') is null
                union all
                select p.proname from pg_proc p
                where p.pronamespace = 'knhk'::regnamespace and p.prorettype <> 'trigger'::regtype
                  and obj_description(p.oid, 'pg_proc') is null\
                """))
        .isEmpty();
  }

  @Test
  void shouldLetTheAuditorReadEverythingAndWriteNothing() throws Exception {
    assertThat(
            texts(
                """
                select c.relname from pg_class c
                where c.relnamespace = 'knhk'::regnamespace and c.relkind in ('r', 'v')
                  and (not has_table_privilege('knhk_auditor', c.oid, 'select')
                    or has_table_privilege('knhk_auditor', c.oid, 'insert, update, delete, truncate')
                    or has_table_privilege('knhk_writer', c.oid, 'update, delete, truncate'))\
                """))
        .isEmpty();
  }

  private void vote(
      String id, String request, String choice, String person, boolean demonstration) {
    receipt(
        Operation.TransactionDecided,
        choice,
        id,
        5,
        "{'requestId':'%s','messageId':'%s','person':'%s','signedBy':'key','demonstration':%s,'reason':'why'}"
            .formatted(request, id, person, demonstration),
        request);
  }

  private void receipt(
      Operation operation,
      String outcome,
      String subject,
      long recordedAtMs,
      String evidence,
      String... causes) {
    receipts.add(
        finance.next(
            new ReceiptDraft(
                "finance",
                operation,
                recordedAtMs,
                recordedAtMs,
                outcome,
                subject,
                "",
                List.of(causes),
                evidence.replace('\'', '"')),
            Receipted.LOG,
            Receipted.KEY));
  }

  private void document(Kind kind, String id, long revision, String content) {
    rows.add(Documents.row(kind, id, revision, 7, content));
  }

  /** Writes what is new of both; what was there is there once. */
  private void stored() throws Exception {
    try (var harness = postgres.writer()) {
      for (ArchiveRow row : ReceiptVerificationHarnessTest.run(receipts)) {
        harness.processElement(row, 0);
      }
      for (ArchiveRow row : rows) {
        harness.processElement(row, 0);
      }
      harness.prepareSnapshotPreBarrier(1);
    }
  }

  private static List<Object> texts(String sql) throws Exception {
    return postgres.column(
        sql.replace("epoch(", "trim_scale(extract(epoch from ")
            .replaceAll("(extract\\(epoch from [a-z_]+)\\)", "$1))"));
  }

  private static String request(
      String kind,
      String state,
      String proposal,
      String approvals,
      long endedAtMs,
      boolean demonstration) {
    return """
        {'requestId':'r','kind':'%s','state':'%s','approvalsNeeded':2,'proposalId':'%s','summary':'a change','author':'steward',
         'onBehalfOf':'cara','criticality':'high','quorum':2,'reviewMs':43200000,'submittedAtMs':1000,'reviewEndsAtMs':2000,
         'expiresAtMs':3000,'ballot':'b','parent':'s1','doctrine':'d','element':'e','approvals':%s,'rejections':[],
         'abstentions':[],'reason':'why','endedAtMs':%d,'demonstration':%s,'detail':{}}
        """
        .formatted(kind, state, proposal, approvals, endedAtMs, demonstration);
  }

  private static String rule(String id, long fromMs, long untilMs, boolean retired) {
    return """
        {'rule':{'id':'%s','sector':'finance','constraint':'resource-limit','parameters':{'max':'5'},'enforcement':'mandatory',
         'effectiveFromMs':%d,'effectiveUntilMs':%d,'version':1,'text':'At most five.'},'retired':%s,'doctrineHash':'hash'}
        """
        .formatted(id, fromMs, untilMs, retired);
  }

  private static String hold(String target, String change, boolean held) {
    return "{'target':'%s','change':'%s','held':%s,'by':'ada','reason':'why','requestId':'r1'}"
        .formatted(target, change, held);
  }
}
