/** The contract. A named module, because sealed hierarchies may span packages only within one. */
module io.holdfast.events {
    requires transitive com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.datatype.jdk8;
    requires com.fasterxml.jackson.datatype.jsr310;
    requires static transitive org.jspecify;

    exports io.holdfast.events;
    exports io.holdfast.events.alert;
    exports io.holdfast.events.backup;
    exports io.holdfast.events.definition;
    exports io.holdfast.events.drill;
    exports io.holdfast.events.progress;
    exports io.holdfast.events.request;
    exports io.holdfast.events.restore;
    exports io.holdfast.events.retention;
    exports io.holdfast.events.signing;
    exports io.holdfast.events.verification;
    exports io.holdfast.events.wal;
    exports io.holdfast.events.wire;
}
