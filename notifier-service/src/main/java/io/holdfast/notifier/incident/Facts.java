package io.holdfast.notifier.incident;

import io.holdfast.events.verification.Damage;
import io.holdfast.notifier.incident.Notice.Fact;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers what is known; what is not known is left out. */
final class Facts {

    private static final int DAMAGES_SHOWN = 10;

    private final List<Fact> facts = new ArrayList<>();

    Facts add(String name, @Nullable Object value) {
        if (value != null) {
            facts.add(new Fact(name, value instanceof Instant time ? Times.text(time) : value.toString()));
        }
        return this;
    }

    Facts addDamages(List<Damage> damages) {
        for (Damage damage : damages.subList(0, Math.min(DAMAGES_SHOWN, damages.size()))) {
            String file = damage.file() == null ? "" : ", file " + damage.file();
            add("Damaged", damage.object() + file + ": " + damage.what());
        }
        return this;
    }

    List<Fact> list() {
        return facts;
    }
}
