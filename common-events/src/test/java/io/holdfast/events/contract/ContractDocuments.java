package io.holdfast.events.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.events.EventType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** All documents of the contract, by their path below {@link #FOLDER}. */
final class ContractDocuments {

    static final Path FOLDER = Path.of("src/main/resources/contract");
    static final String HOW =
            "HINT: ./mvnw -pl common-events test -Dtest=ContractTest -Dcontract.write=true writes them anew.";

    private static final ObjectMapper JSON = new ObjectMapper();

    private ContractDocuments() {}

    static Map<String, String> generated() {
        EventSchemas schemas = new EventSchemas();
        Map<String, String> documents = new TreeMap<>();
        for (EventType type : EventType.values()) {
            ObjectNode document = JSON.createObjectNode();
            document.put("$schema", "https://json-schema.org/draft/2020-12/schema");
            document.put("$id", "urn:holdfast:event:" + type.wireName());
            document.put("title", type.record().getSimpleName());
            document.setAll(schemas.of(type));
            documents.put("schemas/" + type.wireName() + ".json", text(document));
        }
        documents.put("asyncapi.json", text(new AsyncApi(schemas).document()));
        return documents;
    }

    static void write() throws IOException {
        for (Map.Entry<String, String> document : generated().entrySet()) {
            Path file = FOLDER.resolve(document.getKey());
            Files.createDirectories(file.resolveSibling("."));
            Files.writeString(file, document.getValue());
        }
    }

    private static String text(ObjectNode document) {
        DefaultIndenter indent = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(indent).withArrayIndenter(indent);
        try {
            return JSON.writer(printer).writeValueAsString(document) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }
}
