package io.holdfast.repository.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.RepositoryException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every store must do. Each adapter's test extends it and gives an empty store. */
public abstract class ObjectStoreContract {
    private static final ObjectKey KEY = new ObjectKey("a/b c/it's $(x);d");

    /** The store, empty at a test's beginning, the same all through one test. */
    protected abstract ObjectStore store() throws Exception;

    private byte[] read(ObjectKey key) throws Exception {
        try (InputStream in = store().open(key)) {
            return in.readAllBytes();
        }
    }

    private byte[] read(ObjectKey key, long offset, long length) throws Exception {
        try (InputStream in = store().open(key, offset, length)) {
            return in.readAllBytes();
        }
    }

    private List<String> list(String prefix, Optional<ObjectKey> startAfter) throws Exception {
        List<String> keys = new ArrayList<>();
        ObjectStore.Listing listing = store().list(prefix, startAfter);
        while (listing.hasNext()) {
            keys.add(listing.next().key().value());
        }
        return keys;
    }

    private void put(String... keys) throws Exception {
        for (String key : keys) {
            store().putIfAbsent(new ObjectKey(key), new byte[] {1});
        }
    }

    @Test
    void a_created_object_is_read_back() throws Exception {
        assertThat(store().putIfAbsent(KEY, new byte[] {1, 2, 3})).isEqualTo(PutOutcome.CREATED);

        assertThat(read(KEY)).containsExactly(1, 2, 3);
        assertThat(store().head(KEY)).contains(new StoredObject(KEY, 3));
    }

    @Test
    void an_empty_object_is_an_object() throws Exception {
        assertThat(store().putIfAbsent(KEY, new byte[0])).isEqualTo(PutOutcome.CREATED);

        assertThat(read(KEY)).isEmpty();
        assertThat(store().head(KEY)).contains(new StoredObject(KEY, 0));
    }

    @Test
    void creating_again_leaves_the_first_as_it_was() throws Exception {
        store().putIfAbsent(KEY, new byte[] {1});

        assertThat(store().putIfAbsent(KEY, new byte[] {2, 2})).isEqualTo(PutOutcome.EXISTS);
        try (ObjectUpload upload = store().upload(KEY)) {
            upload.write(new byte[] {3}, 0, 1);
            assertThat(upload.commit()).isEqualTo(PutOutcome.EXISTS);
        }
        assertThat(read(KEY)).containsExactly(1);
    }

    @Test
    void what_the_caller_does_to_its_array_later_changes_nothing() throws Exception {
        byte[] content = {1, 2};
        store().putIfAbsent(KEY, content);
        content[0] = 9;
        assertThat(read(KEY)).containsExactly(1, 2);
    }

    @Test
    void an_upload_appears_whole_at_its_commit() throws Exception {
        byte[] bytes = new byte[3_000_000];
        new Random(1).nextBytes(bytes);
        try (ObjectUpload upload = store().upload(KEY)) {
            upload.write(bytes, 0, 1_000_000);
            assertThat(store().head(KEY)).isEmpty();
            assertThat(list("", Optional.empty())).isEmpty();
            upload.write(bytes, 1_000_000, 2_000_000);
            assertThat(upload.length()).isEqualTo(3_000_000);
            assertThat(upload.commit()).isEqualTo(PutOutcome.CREATED);
        }
        assertThat(read(KEY)).isEqualTo(bytes);
    }

    @Test
    void an_upload_closed_without_commit_leaves_nothing() throws Exception {
        try (ObjectUpload upload = store().upload(KEY)) {
            upload.write(new byte[] {1}, 0, 1);
        }
        assertThat(store().head(KEY)).isEmpty();
        assertThat(list("", Optional.empty())).isEmpty();
    }

    @Test
    void an_ended_upload_takes_nothing_more() throws Exception {
        ObjectUpload upload = store().upload(KEY);
        upload.commit();
        assertThatThrownBy(() -> upload.write(new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
        upload.close();
        upload.close();
    }

    @Test
    void of_many_that_create_at_once_exactly_one_does() throws Exception {
        int creators = 8;
        CyclicBarrier together = new CyclicBarrier(creators);
        List<Future<PutOutcome>> outcomes = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(creators)) {
            for (int i = 0; i < creators; i++) {
                byte[] mine = {(byte) i};
                Callable<PutOutcome> create = () -> {
                    together.await();
                    return store().putIfAbsent(KEY, mine);
                };
                outcomes.add(threads.submit(create));
            }
        }
        List<Integer> winners = new ArrayList<>();
        for (int i = 0; i < creators; i++) {
            if (outcomes.get(i).get() == PutOutcome.CREATED) {
                winners.add(i);
            }
        }
        assertThat(winners).hasSize(1);
        assertThat(read(KEY)).containsExactly(winners.getFirst());
    }

    @Test
    void a_missing_object_is_not_found() {
        assertThatThrownBy(() -> store().open(KEY))
                .isInstanceOf(RepositoryException.NotFound.class)
                .hasMessageContaining(KEY.value())
                .hasMessageContaining("HINT:");
        assertThatThrownBy(() -> store().open(KEY, 0, 0)).isInstanceOf(RepositoryException.NotFound.class);
    }

    @Test
    void part_of_a_key_is_not_an_object() throws Exception {
        put("a/b/c");
        assertThat(store().head(new ObjectKey("a/b"))).isEmpty();
        assertThat(store().head(new ObjectKey("a/b/c/d"))).isEmpty();
        assertThatThrownBy(() -> store().open(new ObjectKey("a/b"))).isInstanceOf(RepositoryException.NotFound.class);
    }

    @Test
    void ranges_are_cut_at_the_end() throws Exception {
        store().putIfAbsent(KEY, new byte[] {0, 1, 2, 3, 4});

        assertThat(read(KEY, 1, 3)).containsExactly(1, 2, 3);
        assertThat(read(KEY, 3, 100)).containsExactly(3, 4);
        assertThat(read(KEY, 0, Long.MAX_VALUE)).hasSize(5);
        assertThat(read(KEY, 2, 0)).isEmpty();
        assertThat(read(KEY, 5, 1)).isEmpty();
        assertThat(read(KEY, 1000, 1)).isEmpty();
    }

    @Test
    void objects_are_listed_in_the_order_of_their_bytes() throws Exception {
        put("b", "a/z", "a.b", "a-b/c", "a0", "a/B", "a/b.c", "a/b c", "Z", "a/b~");

        assertThat(list("", Optional.empty()))
                .containsExactly("Z", "a-b/c", "a.b", "a/B", "a/b c", "a/b.c", "a/b~", "a/z", "a0", "b");
    }

    @Test
    void a_prefix_need_not_end_at_a_segment() throws Exception {
        put("x/abc/1", "x/abd/2", "x/ab", "x/b", "y");

        assertThat(list("x/ab", Optional.empty())).containsExactly("x/ab", "x/abc/1", "x/abd/2");
        assertThat(list("x/abc/", Optional.empty())).containsExactly("x/abc/1");
        assertThat(list("z", Optional.empty())).isEmpty();
        assertThat(list("y/", Optional.empty())).isEmpty();
    }

    @Test
    void listing_goes_on_behind_a_key_there_or_not() throws Exception {
        put("a/1", "a/2", "a/3/x", "a/3/y", "b");

        assertThat(list("a/", Optional.of(new ObjectKey("a/2")))).containsExactly("a/3/x", "a/3/y");
        assertThat(list("", Optional.of(new ObjectKey("a/3/x")))).containsExactly("a/3/y", "b");
        assertThat(list("", Optional.of(new ObjectKey("a/25")))).containsExactly("a/3/x", "a/3/y", "b");
        assertThat(list("a/", Optional.of(new ObjectKey("c")))).isEmpty();
    }

    @Test
    void any_prefix_and_start_lists_what_a_sorted_set_would() throws Exception {
        Random random = new Random(7);
        List<String> keys = new ArrayList<>();
        String[] names = {"a", "a-b", "a.b", "ab", "b", "b0"};
        for (String first : names) {
            for (String second : names) {
                keys.add("k" + first + "/" + second);
            }
        }
        put(keys.toArray(String[]::new));
        for (int round = 0; round < 60; round++) {
            String some = keys.get(random.nextInt(keys.size()));
            String prefix = some.substring(0, random.nextInt(some.length() + 1));
            String after = keys.get(random.nextInt(keys.size()));
            List<String> expected = keys.stream()
                    .filter(key -> key.startsWith(prefix) && key.compareTo(after) > 0)
                    .sorted()
                    .toList();
            assertThat(list(prefix, Optional.of(new ObjectKey(after)))).isEqualTo(expected);
        }
    }

    @Test
    void listing_past_the_end_is_refused() throws Exception {
        ObjectStore.Listing listing = store().list("");
        assertThat(listing.hasNext()).isFalse();
        assertThatThrownBy(listing::next).isInstanceOf(java.util.NoSuchElementException.class);
    }
}
