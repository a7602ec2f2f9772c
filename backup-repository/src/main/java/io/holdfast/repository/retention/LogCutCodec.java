package io.holdfast.repository.retention;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.window.TimelineAncestry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@link LogCut} as JSON, for whoever keeps it between two runs; not a part of the repository's format. */
final class LogCutCodec {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int VERSION = 1;

    private LogCutCodec() {}

    static String encode(LogCut cut) {
        LogNeed.Source source = cut.need().source();
        ObjectNode document = JSON.createObjectNode().put("version", VERSION);
        encode(source.own(), document.putArray("own"));
        encode(source.onwards(), document.putArray("onwards"));
        ArrayNode timelines = document.putArray("timelines");
        for (TimelineAncestry ancestry : source.ancestries()) {
            ObjectNode timeline = timelines.addObject().put("timeline", ancestry.timeline());
            ArrayNode parents = timeline.putArray("parents");
            ancestry.parents()
                    .forEach(parent -> parents.addObject()
                            .put("timeline", parent.timeline())
                            .put("end", parent.end().toString()));
        }
        ArrayNode newest = document.putArray("newest");
        cut.newest()
                .forEach((timeline, segment) ->
                        newest.addObject().put("timeline", timeline).put("segment", segment));
        ArrayNode underWay = document.putArray("under_way");
        cut.underWay()
                .forEach(attempt -> underWay.addObject()
                        .put("backup", attempt.backup().value())
                        .put("attempt", attempt.attempt().value()));
        try {
            return JSON.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("What is needed of a log cannot be written", e);
        }
    }

    private static void encode(List<WalNeeded> all, ArrayNode to) {
        all.forEach(needed -> to.addObject()
                .put("timeline", needed.timeline())
                .put("start", needed.startLsn().toString())
                .put("stop", needed.stopLsn().toString())
                .put("segment_size", needed.segmentSize()));
    }

    static LogCut decode(String text) {
        JsonNode document;
        try {
            document = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("What is kept of a log's needs is not JSON", e);
        }
        if (document.path("version").asInt() != VERSION) {
            throw new IllegalArgumentException(
                    "What is kept of a log's needs has version " + document.path("version") + ", not " + VERSION);
        }
        List<TimelineAncestry> ancestries = new ArrayList<>();
        for (JsonNode timeline : document.required("timelines")) {
            List<TimelineAncestry.Parent> parents = new ArrayList<>();
            for (JsonNode parent : timeline.required("parents")) {
                parents.add(new TimelineAncestry.Parent(number(parent, "timeline"), position(parent, "end")));
            }
            ancestries.add(new TimelineAncestry(number(timeline, "timeline"), parents));
        }
        Map<Integer, String> newest = new HashMap<>();
        for (JsonNode each : document.required("newest")) {
            newest.put(number(each, "timeline"), each.required("segment").textValue());
        }
        Set<AttemptReference> underWay = new HashSet<>();
        for (JsonNode each : document.required("under_way")) {
            underWay.add(new AttemptReference(
                    new BackupId(each.required("backup").textValue()),
                    new AttemptId(each.required("attempt").textValue())));
        }
        LogNeed.Source source =
                new LogNeed.Source(needed(document.required("own")), needed(document.required("onwards")), ancestries);
        return new LogCut(LogNeed.of(source), newest, underWay);
    }

    private static List<WalNeeded> needed(JsonNode all) {
        List<WalNeeded> found = new ArrayList<>();
        for (JsonNode each : all) {
            found.add(new WalNeeded(
                    number(each, "timeline"),
                    position(each, "start"),
                    position(each, "stop"),
                    number(each, "segment_size")));
        }
        return found;
    }

    private static int number(JsonNode from, String key) {
        return from.required(key).intValue();
    }

    private static Lsn position(JsonNode from, String key) {
        return Lsn.parse(from.required(key).textValue());
    }
}
