package io.knhk.jobs.loop;

import io.knhk.jobs.KafkaEnds;
import io.knhk.jobs.LedgerOptions;
import io.knhk.knowledge.Ontologies;
import io.knhk.knowledge.Snapshot;
import io.knhk.knowledge.SnapshotCompiler;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.analyze.AnalyzeOptions;
import io.knhk.operators.analyze.SubjectsOperator;
import io.knhk.operators.analyze.TypesOperator;
import io.knhk.operators.clock.TickReader;
import io.knhk.operators.clock.TickWriter;
import io.knhk.operators.control.ControlReader;
import io.knhk.operators.execute.ExecuteFunction;
import io.knhk.operators.execute.ExecuteOptions;
import io.knhk.operators.execute.GovernanceGenesis;
import io.knhk.operators.monitor.DeadLetterSchema;
import io.knhk.operators.monitor.MonitorOperator;
import io.knhk.operators.monitor.MonitorOptions;
import io.knhk.operators.promote.SnapshotGate;
import io.knhk.operators.record.RecordOperator;
import io.knhk.operators.record.RecordOptions;
import io.knhk.operators.record.SignedSink;
import io.knhk.operators.record.SignedSinkOptions;
import io.knhk.operators.types.CheckedObservation;
import io.knhk.operators.types.ControlUpdate;
import io.knhk.operators.types.DeadLetter;
import io.knhk.operators.types.Edges;
import io.knhk.operators.types.OutboundMessage;
import io.knhk.operators.types.RawRecord;
import io.knhk.operators.types.SectorSignal;
import io.knhk.operators.types.TypePartial;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.Topics;
import io.knhk.schemas.detection.Pattern;
import io.knhk.schemas.knowledge.CompiledSnapshotCodec;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;

/** The loop on one screen: monitor, analyze, plan and execute, promote, record. */
final class ClosedLoopTopology {
  private static final String GROUP = "knhk-loop";

  private final StreamExecutionEnvironment env;
  private final ClosedLoopOptions options;
  private final Map<String, Snapshot> firstSnapshots;
  private final List<byte[]> genesis;
  private final String trustedKeysPem;
  private final String keyId;
  private final String governanceJson;

  private ClosedLoopTopology(
      StreamExecutionEnvironment env,
      ClosedLoopOptions options,
      Map<String, Snapshot> firstSnapshots,
      String trustedKeysPem,
      String keyId,
      String governanceJson) {
    this.env = env;
    this.options = options;
    this.firstSnapshots = firstSnapshots;
    this.genesis = compiled(firstSnapshots);
    this.trustedKeysPem = trustedKeysPem;
    this.keyId = keyId;
    this.governanceJson = governanceJson;
  }

  /**
   * @throws IOException when a key file cannot be read
   * @throws LedgerFormatException when a key file is not what it should be
   */
  static void build(StreamExecutionEnvironment env, ClosedLoopOptions options)
      throws IOException, LedgerFormatException {
    String trustedKeysPem =
        Files.readString(Path.of(options.trustedKeysFile()), StandardCharsets.US_ASCII);
    String keyId = SigningKey.fromPem(Path.of(options.signingKeyFile())).publicKey().keyId();
    if (KeyRing.fromPem(trustedKeysPem).find(keyId).isEmpty()) {
      throw new IllegalArgumentException(
          "expected the signing key among the trusted ones: "
              + LedgerOptions.TRUSTED_KEYS_FILE.key()
              + "="
              + options.trustedKeysFile()
              + ", keyId="
              + keyId);
    }
    new ClosedLoopTopology(
            env,
            options,
            Ontologies.bundled(),
            trustedKeysPem,
            keyId,
            governance(options.governanceFile()))
        .build();
  }

  private static String governance(String file) throws IOException {
    String json = file.isEmpty() ? "" : Files.readString(Path.of(file), StandardCharsets.UTF_8);
    try {
      GovernanceGenesis.parse(json);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          GovernanceSettings.FILE.key() + "=" + file + ": " + e.getMessage(), e);
    }
    return json;
  }

  private void build() {
    sendTicks();
    DataStream<RawRecord> control = readControl();
    DataStream<ControlUpdate> ticks = readTicks(control);
    SingleOutputStreamOperator<SectorSignal> messages = readMessages(control);
    DataStream<ControlUpdate> snapshots = readSnapshots();
    SingleOutputStreamOperator<CheckedObservation> monitored = monitor(snapshots.union(ticks));
    DataStream<ControlUpdate> controls = snapshots.union(monitored.getSideOutput(Edges.PROGRESS));
    SingleOutputStreamOperator<TypePartial> subjects = analyzeSubjects(monitored, controls);
    SingleOutputStreamOperator<Void> types = analyzeTypes(subjects, controls);
    DataStream<SectorSignal> acknowledgements =
        monitored
            .getSideOutput(Edges.ACKNOWLEDGEMENTS)
            .union(
                subjects.getSideOutput(Edges.ACKNOWLEDGEMENTS),
                types.getSideOutput(Edges.ACKNOWLEDGEMENTS));
    DataStream<Pattern> patterns =
        subjects.getSideOutput(Edges.PATTERNS).union(types.getSideOutput(Edges.PATTERNS));
    SingleOutputStreamOperator<OutboundMessage> executed =
        planAndExecute(
            patterns, acknowledgements.union(perSector(ticks), messages, samples(monitored)));
    sendDeadLetters(
        monitored
            .getSideOutput(Edges.DEAD_LETTERS)
            .union(
                messages.getSideOutput(Edges.DEAD_LETTERS),
                executed.getSideOutput(Edges.DEAD_LETTERS)));
    DataStream<ReceiptDraft> drafts =
        monitored
            .getSideOutput(Edges.RECEIPTS)
            .union(
                subjects.getSideOutput(Edges.RECEIPTS),
                types.getSideOutput(Edges.RECEIPTS),
                executed.getSideOutput(Edges.RECEIPTS));
    recordAndSign(drafts, executed.union(executed.getSideOutput(Edges.DOCUMENTS)));
  }

  private void sendTicks() {
    double perSecond = 1000.0 / options.tickInterval().toMillis();
    env.fromSource(
            new DataGeneratorSource<>(
                count -> count,
                Long.MAX_VALUE,
                RateLimiterStrategy.perSecond(perSecond),
                Types.LONG),
            WatermarkStrategy.noWatermarks(),
            "ticker")
        .uid(ClosedLoopUids.TICKER)
        .setParallelism(1)
        .sinkTo(
            KafkaEnds.sink(
                options.kafka(), new TickWriter(options.log(), options.signingKeyFile())))
        .setParallelism(1)
        .name("send ticks")
        .uid(ClosedLoopUids.TICKS_OUT);
  }

  private DataStream<RawRecord> readControl() {
    return env.fromSource(
            KafkaEnds.source(options.kafka(), GROUP, Topics.CONTROL),
            WatermarkStrategy.noWatermarks(),
            "control")
        .uid(ClosedLoopUids.CONTROL)
        .setParallelism(1);
  }

  private DataStream<ControlUpdate> readTicks(DataStream<RawRecord> control) {
    return control
        .flatMap(new TickReader(options.log(), trustedKeysPem))
        .setParallelism(1)
        .name("read ticks")
        .uid(ClosedLoopUids.TICKS_IN);
  }

  private SingleOutputStreamOperator<SectorSignal> readMessages(DataStream<RawRecord> control) {
    return control
        .process(new ControlReader(options.log()))
        .setParallelism(1)
        .name("read control messages")
        .uid(ClosedLoopUids.CONTROL_IN);
  }

  private DataStream<ControlUpdate> readSnapshots() {
    return env.fromSource(
            KafkaEnds.source(options.kafka(), GROUP, Topics.SNAPSHOTS),
            WatermarkStrategy.noWatermarks(),
            "snapshots")
        .uid(ClosedLoopUids.SNAPSHOTS)
        .setParallelism(1)
        .keyBy(record -> new String(record.key(), StandardCharsets.UTF_8), Types.STRING)
        .process(new SnapshotGate(options.log(), trustedKeysPem, genesis))
        .setParallelism(1)
        .name("verify and order snapshots")
        .uid(ClosedLoopUids.GATE);
  }

  private SingleOutputStreamOperator<CheckedObservation> monitor(
      DataStream<ControlUpdate> snapshotsAndTicks) {
    DataStream<RawRecord> observations =
        env.fromSource(
                KafkaEnds.source(options.kafka(), GROUP, Topics.OBSERVATIONS),
                WatermarkStrategy.noWatermarks(),
                "observations")
            .uid(ClosedLoopUids.OBSERVATIONS);
    return observations
        .connect(snapshotsAndTicks.broadcast())
        .transform(
            "monitor",
            TypeInformation.of(CheckedObservation.class),
            new MonitorOperator(
                new MonitorOptions(options.allowedDisorder().toMillis(), options.signingKeyFile()),
                ClosedLoopUids.MONITOR,
                genesis))
        .uid(ClosedLoopUids.MONITOR);
  }

  private void sendDeadLetters(DataStream<DeadLetter> letters) {
    letters
        .sinkTo(KafkaEnds.sink(options.kafka(), new DeadLetterSchema()))
        .name("dead letters")
        .uid(ClosedLoopUids.DEAD_LETTERS);
  }

  private static DataStream<SectorSignal> samples(
      SingleOutputStreamOperator<CheckedObservation> monitored) {
    return monitored
        .getSideOutput(Edges.SAMPLES)
        .map(SectorSignal::sample, TypeInformation.of(SectorSignal.class))
        .name("hand samples on")
        .uid(ClosedLoopUids.SAMPLES);
  }

  private SingleOutputStreamOperator<TypePartial> analyzeSubjects(
      DataStream<CheckedObservation> checked, DataStream<ControlUpdate> controls) {
    return checked
        .keyBy(seen -> seen.sector() + "/" + seen.lane(), Types.STRING)
        .connect(controls.broadcast())
        .transform(
            "analyze subjects",
            TypeInformation.of(TypePartial.class),
            new SubjectsOperator(analyzeOptions(), ClosedLoopUids.SUBJECTS, genesis))
        .uid(ClosedLoopUids.SUBJECTS);
  }

  private SingleOutputStreamOperator<Void> analyzeTypes(
      DataStream<TypePartial> partials, DataStream<ControlUpdate> controls) {
    return partials
        .keyBy(partial -> partial.sector() + "/" + partial.eventType(), Types.STRING)
        .connect(controls.broadcast())
        .transform(
            "analyze types",
            Types.VOID,
            new TypesOperator(analyzeOptions(), ClosedLoopUids.TYPES, genesis))
        .uid(ClosedLoopUids.TYPES);
  }

  private SingleOutputStreamOperator<OutboundMessage> planAndExecute(
      DataStream<Pattern> patterns, DataStream<SectorSignal> signals) {
    return patterns
        .keyBy(Pattern::sector, Types.STRING)
        .connect(signals.keyBy(SectorSignal::sector, Types.STRING))
        .process(
            new ExecuteFunction(
                new ExecuteOptions(
                    options.log(),
                    options.evolution(),
                    options.proposalsPerHour(),
                    options.watchAfterPromotion().toMillis(),
                    List.of(ClosedLoopUids.MONITOR, ClosedLoopUids.SUBJECTS, ClosedLoopUids.TYPES),
                    options.governance(),
                    options.validation(),
                    governanceJson),
                triples(firstSnapshots)))
        .name("plan and execute")
        .uid(ClosedLoopUids.EXECUTE);
  }

  private void recordAndSign(
      DataStream<ReceiptDraft> drafts, DataStream<OutboundMessage> promoted) {
    drafts
        .keyBy(ReceiptDraft::sector, Types.STRING)
        .transform(
            "record",
            TypeInformation.of(OutboundMessage.class),
            new RecordOperator(
                RecordOptions.of(
                    options.log(),
                    keyId,
                    trustedKeysPem,
                    options.start(),
                    options.kafka().properties())))
        .uid(ClosedLoopUids.RECORD)
        .union(promoted)
        .sinkTo(
            new SignedSink(
                new SignedSinkOptions(
                    options.kafka().producerProperties(), options.signingKeyFile(), keyId)))
        .name("sign and send")
        .uid(ClosedLoopUids.SIGNED);
  }

  private static DataStream<SectorSignal> perSector(DataStream<ControlUpdate> ticks) {
    return ticks
        .flatMap(new TickPerSector())
        .setParallelism(1)
        .name("tick every sector")
        .uid(ClosedLoopUids.SECTOR_TICKS);
  }

  private AnalyzeOptions analyzeOptions() {
    return new AnalyzeOptions(
        Topics.OBSERVATIONS, options.subjectsMax(), options.unknownTypesMax());
  }

  private static List<byte[]> compiled(Map<String, Snapshot> snapshots) {
    List<byte[]> encoded = new ArrayList<>();
    snapshots.forEach(
        (sector, snapshot) ->
            encoded.add(
                CompiledSnapshotCodec.encode(
                    SnapshotCompiler.compile(sector, snapshot, 1, "", "", 0, Map.of()))));
    return encoded;
  }

  private static Map<String, byte[]> triples(Map<String, Snapshot> snapshots) {
    Map<String, byte[]> triples = new HashMap<>();
    snapshots.forEach((sector, snapshot) -> triples.put(sector, snapshot.toNTriples()));
    return triples;
  }

  private static final class TickPerSector implements FlatMapFunction<ControlUpdate, SectorSignal> {
    private static final long serialVersionUID = 1L;

    @Override
    public void flatMap(ControlUpdate tick, Collector<SectorSignal> out) {
      for (String sector : Sectors.ALL) {
        out.collect(SectorSignal.tick(sector, tick.recordedAtMs()));
      }
    }
  }
}
