package io.knhk.jobs.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchPlanTest {
  @TempDir Path folder;
  private States checkpoints;
  private States savepoints;
  private List<Path> folders;

  @BeforeEach
  void folders() {
    Path checkpointsFolder = folder.resolve("checkpoints");
    Path savepointsFolder = folder.resolve("savepoints");
    checkpoints = new States(checkpointsFolder);
    savepoints = new States(savepointsFolder);
    folders = List.of(checkpointsFolder, savepointsFolder);
  }

  @Test
  void shouldStartAnewUnderTheFirstIdWhenTheJobNeverRan() throws Exception {
    LaunchPlan plan = resume();

    assertThat(plan.from()).isEmpty();
    assertThat(plan.id()).hasToString("6b6e686b000000000000000000000001");
    assertThat(LaunchPlan.resume(KnhkJob.ARCHIVE, folders, Set.of()).id())
        .hasToString("6b6e686b000000000000000000000002");
  }

  @Test
  void shouldTakeTheHighestNumberWhenThereAreSeveral() throws Exception {
    checkpoints.checkpoint(KnhkJob.LOOP, 0, 9);
    Path ten = checkpoints.checkpoint(KnhkJob.LOOP, 0, 10);
    checkpoints.checkpoint(KnhkJob.ARCHIVE, 0, 11);

    assertThat(from(resume())).contains(ten);
    assertThat(resume().id()).isEqualTo(KnhkJob.LOOP.id(0));
  }

  @Test
  void shouldTakeTheLaterGenerationWhenItsNumbersAreLower() throws Exception {
    checkpoints.checkpoint(KnhkJob.LOOP, 0, 50);
    Path later = checkpoints.checkpoint(KnhkJob.LOOP, 1, 21);

    assertThat(from(resume())).contains(later);
    assertThat(resume().id()).isEqualTo(KnhkJob.LOOP.id(1));
  }

  @Test
  void shouldTakeASavepointWhenItIsTheNewest() throws Exception {
    checkpoints.checkpoint(KnhkJob.LOOP, 0, 9);
    Path savepoint = savepoints.write(KnhkJob.LOOP, 0, "savepoint-6b6e68-0a", 10);

    assertThat(from(resume())).contains(savepoint);
  }

  @Test
  void shouldTakeTheNextIdWhenTheClusterKnowsThisOne() throws Exception {
    checkpoints.checkpoint(KnhkJob.LOOP, 0, 9);

    assertThat(
            LaunchPlan.resume(KnhkJob.LOOP, folders, Set.of(KnhkJob.LOOP.id(0), KnhkJob.LOOP.id(1)))
                .id())
        .isEqualTo(KnhkJob.LOOP.id(2));
  }

  @Test
  void shouldPassOverWhatWasNeverCompletedInSilence() throws Exception {
    Path whole = checkpoints.checkpoint(KnhkJob.LOOP, 0, 7);
    Files.createDirectories(whole.resolveSibling("chk-8"));
    Files.createDirectories(whole.resolveSibling("chk-later"));
    Files.createDirectories(whole.resolveSibling("shared"));

    assertThat(from(resume())).contains(whole);
    assertThat(resume().passedOver()).isEmpty();
  }

  @Test
  void shouldSayWhatItPassesOverAndKeepItWhenNewerStateIsDamaged() throws Exception {
    Path shared = folder.resolve("checkpoints/6b6e686b000000000000000000000001/shared");
    Path whole = checkpoints.checkpoint(KnhkJob.LOOP, 0, 7, shared.resolve("a"));
    Path torn = checkpoints.checkpoint(KnhkJob.LOOP, 0, 8).resolve("_metadata");
    Files.write(torn, Arrays.copyOf(Files.readAllBytes(torn), 20));
    Path missing = shared.resolve("b");
    checkpoints.checkpoint(KnhkJob.LOOP, 0, 9, missing);
    Files.delete(missing);
    Path cut = shared.resolve("c");
    checkpoints.checkpoint(KnhkJob.LOOP, 0, 10, cut);
    Files.writeString(cut, "cut");

    LaunchPlan plan = resume();

    assertThat(from(plan)).contains(whole);
    assertThat(plan.passedOver()).hasSize(3);
    assertThat(plan.passedOver().get(0)).contains("chk-10", cut.toString(), "bytes=3");
    assertThat(plan.passedOver().get(1)).contains("chk-9", "missing=" + missing);
    assertThat(plan.passedOver().get(2)).contains("chk-8", "_metadata");
    // Number 8 comes again: it must not meet what is damaged.
    assertThat(plan.id()).isEqualTo(KnhkJob.LOOP.id(1));
  }

  @Test
  void shouldRefuseWhenAllStateIsDamaged() throws Exception {
    Path only = checkpoints.checkpoint(KnhkJob.LOOP, 0, 7).resolve("_metadata");
    Files.write(only, new byte[0]);

    assertThatThrownBy(this::resume)
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("KNHK-1210")
        .hasMessageContaining(only.toString());
  }

  @Test
  void shouldKeepApartWhatANamedStateLeavesBehind() throws Exception {
    Path old = checkpoints.checkpoint(KnhkJob.LOOP, 0, 3);
    checkpoints.checkpoint(KnhkJob.LOOP, 0, 9);

    LaunchPlan plan = LaunchPlan.from(old, KnhkJob.LOOP, folders, Set.of());

    assertThat(from(plan)).contains(old);
    assertThat(plan.id()).isEqualTo(KnhkJob.LOOP.id(1));
    assertThat(LaunchPlan.anew(KnhkJob.LOOP, folders, Set.of()).id()).isEqualTo(KnhkJob.LOOP.id(1));
    assertThatThrownBy(
            () -> LaunchPlan.from(folder.resolve("nowhere"), KnhkJob.LOOP, folders, Set.of()))
        .hasMessageContaining("KNHK-1211")
        .hasMessageContaining("nowhere");
  }

  @Test
  void shouldFindAnyFlippedByteWhenTheStateIsSealed() throws Exception {
    Path shared = folder.resolve("checkpoints/6b6e686b000000000000000000000001/shared");
    Path table = shared.resolve("table");
    Path older = checkpoints.checkpoint(KnhkJob.LOOP, 0, 7, shared.resolve("old"));
    Path newer = checkpoints.checkpoint(KnhkJob.LOOP, 0, 8, table);
    Path savepoint = savepoints.write(KnhkJob.LOOP, 0, "savepoint-6b6e68-0a", 9);
    try (CheckpointSealer sealer = CheckpointSealer.start(folder.resolve("checkpoints"))) {
      sealer.close();
    }
    assertThat(run("--seal", savepoint.toString()).code()).isZero();
    assertThat(from(resume())).contains(savepoint);

    States.flip(savepoint.resolve("_metadata"));
    assertThat(from(resume())).contains(newer);
    States.flip(table);
    assertThat(from(resume())).contains(older);
    assertThat(resume().passedOver()).anyMatch(line -> line.contains(table.toString()));
    States.flip(table);
    States.flip(newer.resolve("_metadata"));
    assertThat(from(resume())).contains(older);
  }

  @Test
  void shouldForgetTheSealWhenFlinkRemovedTheCheckpoint() throws Exception {
    Path old = checkpoints.checkpoint(KnhkJob.LOOP, 0, 7);
    CheckpointSealer.start(folder.resolve("checkpoints")).close();
    assertThat(Seal.ofCheckpoint(old)).exists();

    Files.delete(old.resolve("_metadata"));
    Files.delete(old);
    CheckpointSealer.start(folder.resolve("checkpoints")).close();

    assertThat(Seal.ofCheckpoint(old)).doesNotExist();
  }

  @Test
  void shouldKeepTheNewestAndWhatTheyAreMadeOfWhenLeftoversAreRemoved() throws Exception {
    Path shared = folder.resolve("checkpoints/6b6e686b000000000000000000000001/shared");
    for (int number = 1; number <= 5; number++) {
      checkpoints.checkpoint(
          KnhkJob.LOOP, 0, number, shared.resolve("all"), shared.resolve("of-" + number));
    }

    Leftovers.remove(folder.resolve("checkpoints"), KnhkJob.LOOP, KnhkJob.LOOP.id(0));

    try (var left = Files.list(shared.getParent())) {
      assertThat(left.map(Path::getFileName).map(Path::toString))
          .containsExactlyInAnyOrder("chk-3", "chk-4", "chk-5", "shared");
    }
    try (var left = Files.list(shared)) {
      assertThat(left.map(Path::getFileName).map(Path::toString))
          .containsExactlyInAnyOrder("all", "of-3", "of-4", "of-5");
    }
  }

  @Test
  void shouldKeepWhatIsUsedWhenTheFolderIsCalledByAnotherName() throws Exception {
    Path shared = folder.resolve("checkpoints/6b6e686b000000000000000000000001/shared");
    checkpoints.checkpoint(KnhkJob.LOOP, 0, 1, shared.resolve("used"));
    Files.writeString(shared.resolve("unused"), "left behind");
    Path moved = folder.resolve("moved");
    Files.move(folder.resolve("checkpoints"), moved);
    Files.createSymbolicLink(folder.resolve("checkpoints"), moved);

    Leftovers.remove(moved, KnhkJob.LOOP, KnhkJob.LOOP.id(0));

    assertThat(shared.resolve("used")).exists();
    assertThat(shared.resolve("unused")).doesNotExist();
  }

  @Test
  void shouldPrintIdAndStateWhenAScriptAsks() throws Exception {
    Path whole = checkpoints.checkpoint(KnhkJob.LOOP, 0, 7);

    Printed printed =
        run(
            "--job",
            "loop",
            "--checkpoints",
            folders.get(0).toString(),
            "--savepoints",
            folders.get(1).toString(),
            "--taken",
            KnhkJob.LOOP.id(0).toHexString(),
            "--resume");

    assertThat(printed.code()).isZero();
    assertThat(printed.out().lines())
        .containsExactly(
            "job-id=" + KnhkJob.LOOP.id(1).toHexString(), "from=" + RetainedState.uri(whole));
    assertThat(run("--job", "lop").code()).isEqualTo(2);
    assertThat(run("--job", "lop").err())
        .contains("expected loop, archive or notify: job=lop", "Usage");
  }

  @Test
  void shouldKnowItsIdsAndNoOthers() {
    for (KnhkJob job : KnhkJob.values()) {
      assertThat(job.generation(job.id(41))).hasValue(41);
      assertThat(KnhkJob.of(job.word())).isEqualTo(job);
    }
    assertThat(KnhkJob.LOOP.generation(KnhkJob.ARCHIVE.id(0))).isEmpty();
    assertThat(KnhkJob.LOOP.generation(JobID.generate())).isEmpty();
    assertThatThrownBy(() -> KnhkJob.LOOP.id(-1)).hasMessageContaining("generation=-1");
  }

  private LaunchPlan resume() throws LaunchException {
    return LaunchPlan.resume(KnhkJob.LOOP, folders, Set.of());
  }

  private static Optional<Path> from(LaunchPlan plan) {
    return plan.from().map(RetainedState::folder);
  }

  private static Printed run(String... args) throws IOException {
    try (ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream()) {
      int code =
          LaunchPlanner.run(
              args,
              new PrintStream(out, true, StandardCharsets.UTF_8),
              new PrintStream(err, true, StandardCharsets.UTF_8));
      return new Printed(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
  }

  private record Printed(int code, String out, String err) {}
}
