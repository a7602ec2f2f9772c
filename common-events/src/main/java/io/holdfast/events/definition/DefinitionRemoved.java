package io.holdfast.events.definition;

/**
 * A definition is no more. Said instead of an empty record, which would carry no signature.
 *
 * @param removed the subject of what is removed, {@code target/orders}
 */
public record DefinitionRemoved(String removed, long revision) implements Definition {

    @Override
    public String subject() {
        return removed;
    }
}
