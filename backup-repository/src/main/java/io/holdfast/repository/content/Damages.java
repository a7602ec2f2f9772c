package io.holdfast.repository.content;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.content.Damage.PageRange;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.store.ObjectKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gathers damages; those that follow on each other in one file and object become one, so that a lost pack is not listed
 * page by page. Safe for use by several threads.
 */
public final class Damages {
    private record Where(ObjectKey object, List<FilePath> files, DamageKind kind) {}

    private final Map<Where, List<Damage>> found = new HashMap<>();

    public synchronized void add(Damage damage) {
        List<Damage> same = found.computeIfAbsent(
                new Where(damage.object(), damage.files(), damage.kind()), where -> new ArrayList<>());
        for (int i = same.size() - 1; i >= 0 && i >= same.size() - 4; i--) {
            Optional<PageRange> joined = join(same.get(i).pages(), damage.pages());
            if (joined.isPresent()) {
                same.set(i, same.get(i).withPages(joined));
                return;
            }
        }
        same.add(damage);
    }

    private static Optional<PageRange> join(Optional<PageRange> one, Optional<PageRange> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return Optional.empty();
        }
        boolean inOrder = one.get().first() <= other.get().first();
        PageRange first = inOrder ? one.get() : other.get();
        PageRange second = inOrder ? other.get() : one.get();
        return first.first() + first.count() == second.first()
                ? Optional.of(new PageRange(first.first(), first.count() + second.count()))
                : Optional.empty();
    }

    public synchronized boolean hasAny(ObjectKey object) {
        return found.keySet().stream().anyMatch(where -> where.object().equals(object));
    }

    public synchronized List<Damage> all() {
        return found.values().stream()
                .map(Damages::joined)
                .flatMap(List::stream)
                .toList();
    }

    /** Several threads find damages in no order, so some neighbours meet only here. */
    private static List<Damage> joined(List<Damage> same) {
        List<Damage> joined = new ArrayList<>();
        same.stream()
                .sorted(Comparator.comparingLong(
                        damage -> damage.pages().map(PageRange::first).orElse(-1L)))
                .forEach(damage -> {
                    Optional<PageRange> both = joined.isEmpty()
                            ? Optional.empty()
                            : join(joined.getLast().pages(), damage.pages());
                    if (both.isEmpty()) {
                        joined.add(damage);
                    } else {
                        joined.set(joined.size() - 1, joined.getLast().withPages(both));
                    }
                });
        return joined;
    }

    /** A damage as an exception. */
    public static RepositoryException.Damaged exception(Damage damage) {
        return new RepositoryException.Damaged(
                damage,
                "Stored bytes are damaged: " + damage.describe() + ".",
                "restore from another backup or another copy of the repository; where neither is there, accept the"
                        + " damage: the pages become zeros.",
                null);
    }
}
