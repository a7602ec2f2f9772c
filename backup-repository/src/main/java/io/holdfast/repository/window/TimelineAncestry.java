package io.holdfast.repository.window;

import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.wal.Lsn;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which timelines lead to a timeline, and where each was left: what its history file says (PostgreSQL's {@code
 * readTimeLineHistory}).
 *
 * @param timeline unsigned 32 bits
 * @param parents from the oldest to the timeline's own parent; none of the first timeline
 */
public record TimelineAncestry(int timeline, List<Parent> parents) {
    private static final Pattern LINE =
            Pattern.compile("\\s*([0-9]{1,10})\\s+([0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8})(\\s.*)?");

    public TimelineAncestry {
        parents = List.copyOf(parents);
    }

    /**
     * A timeline on the way.
     *
     * @param end the position from which on the next timeline goes on in its place; may lie before the timeline's own
     *     beginning, where a recovery along it ended before it had reached it
     */
    public record Parent(int timeline, Lsn end) {}

    /** A timeline of which nothing is known that came before it. */
    public static TimelineAncestry root(int timeline) {
        return new TimelineAncestry(timeline, List.of());
    }

    /**
     * Reads a history file.
     *
     * @throws MalformedException if it is none, or does not lead to the timeline
     */
    public static TimelineAncestry parse(int timeline, byte[] history) throws MalformedException {
        List<Parent> parents = new ArrayList<>();
        for (String line : new String(history, StandardCharsets.UTF_8).lines().toList()) {
            String content = line.strip();
            if (content.isEmpty() || content.startsWith("#")) {
                continue;
            }
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new MalformedException("a line of it is not a timeline and a position");
            }
            parents.add(parent(matcher));
            requireOrder(timeline, parents);
        }
        return new TimelineAncestry(timeline, parents);
    }

    private static Parent parent(Matcher matcher) throws MalformedException {
        try {
            return new Parent(Integer.parseUnsignedInt(matcher.group(1)), Lsn.parse(matcher.group(2)));
        } catch (NumberFormatException e) {
            throw new MalformedException("a timeline of it is out of range", e);
        }
    }

    private static void requireOrder(int timeline, List<Parent> parents) throws MalformedException {
        Parent last = parents.getLast();
        Parent before = parents.size() < 2 ? new Parent(0, Lsn.ZERO) : parents.get(parents.size() - 2);
        if (Integer.compareUnsigned(last.timeline(), before.timeline()) <= 0
                || Integer.compareUnsigned(last.timeline(), timeline) >= 0) {
            throw new MalformedException("its timelines are not in order");
        }
    }
}
