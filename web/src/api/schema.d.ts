/* eslint-disable */
/** Generated from the front-end’s /api-json by `npm run generate:api`. */
export interface paths {
  '/health/live': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Whether the process runs at all */
    get: operations['HealthController_live'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/health/ready': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Whether it should be sent requests; 503 when not */
    get: operations['HealthController_ready'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/metrics': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Figures for Prometheus */
    get: operations['MetricsController_read'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/lookup/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Look a book up */
    get: operations['ShopController_lookup'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/search/{topic}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Search by topic
     * @description Books whose topic contains the text, case ignored, in id order. `%` and `_` are plain characters.
     */
    get: operations['ShopController_search'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/topics': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Topics, with how many books each has, the fullest first */
    get: operations['ShopController_topics'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/buy/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Buy a book
     * @description As the original. New clients use `POST /orders`, for a proxy may rightly repeat a PUT.
     */
    put: operations['ShopController_buy'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/orders': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** All orders, newest first */
    get: operations['AdministrationController_orders'];
    put?: never;
    /** Order copies of a book */
    post: operations['ShopController_order'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/orders/{orderId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One order
     * @description Whoever has the id may see it: it cannot be guessed.
     */
    get: operations['ShopController_find'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/books': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Find books
     * @description By words of title, author, topic, or an ISBN, the best first. Case, accents and width are ignored. Misspelt words find similar ones, below exact ones; if there are no exact ones the answer bears `x-bazar-near: 1`. Without words: all books, or all of a topic.
     */
    get: operations['BooksController_find'];
    put?: never;
    /** Add a book to the catalogue */
    post: operations['AdministrationController_create'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/books/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One book, a hidden one too */
    get: operations['BookRecordController_book'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /** Change a book, hide it, or bring it back */
    patch: operations['AdministrationController_edit'];
    trace?: never;
  };
  '/books/{id}/restock': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Add copies to a book */
    post: operations['AdministrationController_restock'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/books/import': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Add the books of a file
     * @description CSV whose first line names the columns, or one JSON object on each line: title, topic, price, quantity, and optional isbn and author, under the names that shops and lists of books have for them. Bad rows are reported and do not stop the others. The same file again changes nothing; where its prices or copies differ that is reported, or set with `update=true`.
     */
    post: operations['AdministrationController_import'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/books/low-stock': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Books with the copies left, the fewest first; may be a moment old */
    get: operations['LowStockController_lowStock'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holds': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What is held, that which runs out first before all */
    get: operations['HeldAndSoldController_list'];
    put?: never;
    /**
     * 1. Hold copies while the buyer pays
     * @description All items or none. Nobody else is sold them, and their prices are frozen, until `until`. Then take the payment, and confirm or release the hold from its webhook, as often as that comes.
     */
    post: operations['HoldsController_hold'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holds/{holdId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One hold
     * @description Whoever has the id may see it: it cannot be guessed.
     */
    get: operations['HoldsController_find'];
    put?: never;
    post?: never;
    /**
     * 2. It will not be paid: give the copies back
     * @description They are on sale again. It needs no key, and says the same each time.
     */
    delete: operations['HoldsController_release'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holds/{holdId}/confirm': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * 2. It is paid: sell what is held
     * @description At the prices of the hold. It needs no key: a hold is sold once, and says the same each time. Before `until` it is never refused.
     */
    post: operations['HoldsController_confirm'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/books/hidden': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Hidden books, in the order of their ids */
    get: operations['BookRecordController_hidden'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/books/{id}/history': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Who changed what of a book, the newest first */
    get: operations['BookRecordController_history'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/orders/{orderId}/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Take copies of an order back into stock
     * @description They can be bought again at once; the order stays, and says how many were cancelled.
     */
    post: operations['HeldAndSoldController_cancel'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/changes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What was sold, held, given back and changed, in order per book, each at least once
     * @description Only what is committed for good. A change may be told again, when another catalog goes on: know it by `(bookId, number)`. With `Accept: text/event-stream` as server-sent events `change`, as they come, each with its cursor as the id.
     */
    get: operations['ChangesController_changes'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/ops/access': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Whether one may watch: with the token, or without it under npm start */
    get: operations['OpsController_access'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/ops/events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The whole bookstore, each second, as server-sent events: cluster (ClusterSnapshot)
     * @description With a book: `book` events as well (BookOnCatalogs).
     */
    get: operations['OpsController_events'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/ops/books/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One book on every catalog (BookOnCatalogs) */
    get: operations['OpsController_book'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/ops/observer': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What this front-end has found as it compares all places (Observation): N stale of so many */
    get: operations['OpsController_observation'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/ops/traces': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Make a look-up or a buy, a real one, and record its messages */
    post: operations['OpsController_follow'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/ops/traces/{traceId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One followed request, message by message, as far as it is recorded (FollowedRequest) */
    get: operations['OpsController_followed'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/ops/processes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Stop, hang, cut off or bring back a process; only under npm start, with the token */
    post: operations['OpsController_touch'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/ops/members': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The catalogs: which of them vote, and whom they do not hear */
    get: operations['MembersController_members'];
    put?: never;
    /**
     * Let a catalog whose disk was lost vote though too few of the others can be asked
     * @description It joins by itself when enough others are there. This is for those that never will be: what only they, and the lost disk, knew is given up for ever. A catalog left out that comes back with its old disk does not start.
     */
    post: operations['MembersController_admit'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/status': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What this front-end has answered, and how those that it asks stand with it */
    get: operations['StatusController_status'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/invalidate/item/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Forget the look-up of a book */
    delete: operations['InvalidationController_forgetBook'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/invalidate/topic/{topic}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Forget every search that shows a book of this topic, or whose text the topic contains */
    delete: operations['InvalidationController_forgetTopic'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/invalidate/topic': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Forget every search */
    delete: operations['InvalidationController_forgetSearches'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/dump': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What the caches hold, least recently used first */
    get: operations['InvalidationController_dump'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    BookAnswer: {
      /** @example 2 */
      id: number;
      /** @example RPCs for Dummies */
      title: string;
      /** @example Distributed Systems */
      topic: string;
      /**
       * @description Copies left
       * @example 5
       */
      quantity: number;
      /**
       * @description At most two decimals
       * @example 50
       */
      price: number;
      /**
       * @description Its version: the number of the last entry that changed the book
       * @example 3
       */
      sequenceNumber: number;
      /** @description Only when the book has one */
      isbn?: string;
      /** @description Only when the book has one */
      author?: string;
      /**
       * @description Only of a book that is hidden, which administrators alone are told of
       * @enum {boolean}
       */
      hidden?: true;
    };
    ErrorAnswer: {
      /** @example Book with the specified ID does not exist */
      message: string;
    };
    UnreachableAnswer: {
      /** @example Book with the specified ID does not exist */
      message: string;
      /**
       * @description Only if it may have happened all the same: ask again with the same Idempotency-Key
       * @enum {string}
       */
      outcome?: 'unknown';
    };
    FoundBook: {
      /** @example 2 */
      id: number;
      /** @example RPCs for Dummies */
      title: string;
      /** @example Distributed Systems */
      topic: string;
    };
    FieldErrors: {
      /** @example Book with the specified ID does not exist */
      message: string;
      /**
       * @description The fields that are wrong or not known
       * @example [
       *       "price"
       *     ]
       */
      fields?: string[];
    };
    TopicCount: {
      /** @example Distributed Systems */
      topic: string;
      /** @example 2 */
      books: number;
    };
    BuyAnswer: {
      /** @description False: out of stock */
      success: boolean;
      /** @example Book with the specified ID purchased */
      message: string;
      /** @example k3v9d0q8m2x7 */
      orderId?: string;
    };
    BasketItem: {
      /** @example 2 */
      bookId: number;
      /**
       * @description Copies
       * @example 1
       */
      quantity: number;
      /**
       * @description The price of one copy that the buyer saw: 409 if it is another now
       * @example 50
       */
      price?: number;
    };
    NewOrder: {
      /**
       * @description Required, but with `items`
       * @example 2
       */
      bookId?: number;
      /**
       * @description Copies. Required, but with `items`
       * @example 1
       */
      quantity?: number;
      /**
       * @description The price of one copy that the buyer saw: 409 if it is another now
       * @example 50
       */
      price?: number;
      /** @description All of them or none; lines of one book are added up */
      items?: components['schemas']['BasketItem'][];
      /**
       * @description Yours, to find it by again: shown as it is, and never looked into
       * @example cart 4711
       */
      reference?: string;
    };
    OrderedItem: {
      /** @example 2 */
      bookId: number;
      /** @example RPCs for Dummies */
      title: string;
      /**
       * @description Copies that were sold
       * @example 1
       */
      quantity: number;
      /**
       * @description Paid for one copy
       * @example 50
       */
      price: number;
      /**
       * @description Paid for all copies
       * @example 50
       */
      total: number;
      /**
       * @description Copies of these that were cancelled since, and are on sale again
       * @example 0
       */
      cancelled: number;
    };
    OrderAnswer: {
      /**
       * @description Cannot be guessed
       * @example k3v9d0q8m2x7
       */
      orderId: string;
      /**
       * @description `cancelled`: all of its copies are
       * @enum {string}
       */
      state: 'sold' | 'partly cancelled' | 'cancelled';
      /** @description In the order of book ids */
      items: components['schemas']['OrderedItem'][];
      /**
       * @description Only of an order of one book, as are title, quantity and price
       * @example 2
       */
      bookId?: number;
      /** @example RPCs for Dummies */
      title?: string;
      /** @example 1 */
      quantity?: number;
      /**
       * @description Paid for one copy
       * @example 50
       */
      price?: number;
      /**
       * @description Paid for all items
       * @example 50
       */
      total: number;
      /** @example 2026-11-23T10:15:30.000Z */
      orderedAt: string;
      /**
       * @description Of the entry in the ledger of the book that decided it
       * @example 7
       */
      sequenceNumber: number;
      /**
       * @description As the client gave it
       * @example cart 4711
       */
      reference?: string;
      /**
       * @description Copies that were not there: both sides of a split sold (WRITE_POLICY=reachable)
       * @example 1
       */
      oversold?: number;
    };
    LackingItem: {
      /** @example 4 */
      bookId: number;
      /**
       * @description If there is such a book
       * @example Cooking for the Impatient Graduate Student
       */
      title?: string;
      /** @enum {string} */
      reason: 'out of stock' | 'price changed' | 'no such book';
      /**
       * @description Copies that were wanted
       * @example 30
       */
      wanted: number;
      /**
       * @description Copies that can be bought
       * @example 25
       */
      left?: number;
      /**
       * @description What one copy costs now
       * @example 12.5
       */
      price?: number;
    };
    OrderRefusal: {
      /** @example Book with the specified ID is out of stock */
      message: string;
      /**
       * @description Of the first of `items`
       * @enum {string}
       */
      reason: 'out of stock' | 'price changed' | 'no such book';
      /** @description Every item that was not to be had */
      items: components['schemas']['LackingItem'][];
      /** @description Only of an order of one book: the book as it is now */
      book?: components['schemas']['BookAnswer'];
    };
    BookSummary: {
      /** @example 2 */
      id: number;
      /** @example RPCs for Dummies */
      title: string;
      /** @example Distributed Systems */
      topic: string;
      /** @description Only when the book has one */
      author?: string;
      /** @example 50 */
      price: number;
      /**
       * @description Copies left
       * @example 5
       */
      quantity: number;
    };
    NewBook: {
      /** @example The Art of Multiprocessor Programming */
      title: string;
      /** @example Distributed Systems */
      topic: string;
      /**
       * @description At most two decimals
       * @example 28.01
       */
      price: number;
      /**
       * @description Copies
       * @example 12
       */
      quantity: number;
      /**
       * @description ISBN-10, ISBN-13, or a number of your own
       * @example 978-0-12-415950-1
       */
      isbn?: string;
      /** @example Maurice Herlihy, Nir Shavit */
      author?: string;
    };
    BookEdit: {
      /** @example RPCs for Dummies, 2nd edition */
      title?: string;
      /** @example Distributed Systems */
      topic?: string;
      /**
       * @description At most two decimals
       * @example 28.01
       */
      price?: number;
      /**
       * @description Null takes it away
       * @example Maurice Herlihy, Nir Shavit
       */
      author?: string | null;
      /**
       * @description ISBN-10, ISBN-13, or a number of your own, which no other book has; null takes it away
       * @example 978-0-12-415950-1
       */
      isbn?: string | null;
      /** @description A hidden book is on no page but those of administration, and cannot be bought; its orders and holds stay. `false` brings it back */
      hidden?: boolean;
      /**
       * @description Sets the copies left
       * @example 12
       */
      quantity?: number;
      /**
       * @description The edit holds only if the book still is at this number; else 409
       * @example 3
       */
      sequenceNumber?: number;
    };
    Restock: {
      /**
       * @description Copies that are added
       * @example 10
       */
      copies: number;
    };
    DifferingRow: {
      /** @example 17 */
      line: number;
      /** @example 2 */
      bookId: number;
      fields: ('price' | 'quantity')[];
    };
    RejectedRow: {
      /**
       * @description Where the row begins; the first line is 1
       * @example 17
       */
      line: number;
      /** @example price must be a number from 0 to 1000000 with at most two decimals */
      reason: string;
    };
    FileUnderstood: {
      /** @example utf-8 */
      encoding: string;
      /**
       * @description Null: JSON lines
       * @example ;
       */
      separator: string | null;
      /**
       * @description Columns, by the field that they are taken for; the first of several that says something counts
       * @example {
       *       "title": [
       *         "Name"
       *       ],
       *       "topic": [
       *         "Category"
       *       ]
       *     }
       */
      columns: {
        [key: string]: string[];
      };
      /** @description Columns that say nothing of what a book has here */
      leftOut: string[];
    };
    ImportReport: {
      /** @example 4997 */
      created: number;
      /**
       * @description Rows whose isbn (title and author of those without) a book already has, with this price and as many copies
       * @example 3
       */
      unchanged: number;
      /**
       * @description Books that got the price or copies of their row (`update=true`)
       * @example 0
       */
      updated: number;
      /** @description The same without `update=true`; at most the first 1,000 */
      differs: components['schemas']['DifferingRow'][];
      /**
       * @description How many there were
       * @example 0
       */
      differsCount: number;
      /** @description At most the first 1,000 */
      rejected: components['schemas']['RejectedRow'][];
      /**
       * @description How many there were
       * @example 1
       */
      rejectedCount: number;
      understood: components['schemas']['FileUnderstood'];
    };
    PreviewedBook: {
      /** @example 2 */
      line: number;
      /** @example RPCs for Dummies */
      title: string;
      /** @example Distributed Systems */
      topic: string;
      /** @example 50 */
      price: number;
      /** @example 5 */
      quantity: number;
      isbn?: string;
      author?: string;
    };
    ImportPreview: {
      understood: components['schemas']['FileUnderstood'];
      /**
       * @description Fields that no column was found for: say which it is, or set them
       * @example [
       *       "topic"
       *     ]
       */
      missing: string[];
      /** @description The first of them */
      books: components['schemas']['PreviewedBook'][];
      /** @description The first of them */
      rejected: components['schemas']['RejectedRow'][];
    };
    LowStockBook: {
      /** @example 2 */
      id: number;
      /** @example RPCs for Dummies */
      title: string;
      /** @example Distributed Systems */
      topic: string;
      /** @example 0 */
      quantity: number;
      /** @example 50 */
      price: number;
    };
    NewHold: {
      /** @description All of them or none; lines of one book are added up */
      items: components['schemas']['BasketItem'][];
      /**
       * @description How long the copies are kept back for this buyer
       * @example 600
       */
      ttlSeconds: number;
      /**
       * @description Yours, to find it by again: shown as it is, and never looked into
       * @example cart 4711
       */
      reference?: string;
    };
    HeldItem: {
      /** @example 2 */
      bookId: number;
      /** @example RPCs for Dummies */
      title: string;
      /**
       * @description Copies
       * @example 1
       */
      quantity: number;
      /**
       * @description Of one copy: frozen when it was held
       * @example 50
       */
      price: number;
      /**
       * @description Of all copies
       * @example 50
       */
      total: number;
    };
    HoldAnswer: {
      /**
       * @description Cannot be guessed: whoever has it may confirm or release
       * @example h2-m8r0k3v9d0001q8m2x7
       */
      holdId: string;
      /**
       * @description `held`: the copies are kept back, and may be confirmed, also for a moment after `until`. The others are final
       * @enum {string}
       */
      state: 'held' | 'confirmed' | 'released' | 'expired';
      /** @description In the order of book ids */
      items: components['schemas']['HeldItem'][];
      /**
       * @description Of all items
       * @example 50
       */
      total: number;
      /**
       * @description Until then a confirmation is never refused
       * @example 2026-11-23T10:25:30.000Z
       */
      until: string;
      /**
       * @description Once it is confirmed
       * @example m8r0k3v9d0002x7q8m2
       */
      orderId?: string;
      /**
       * @description As the client gave it
       * @example cart 4711
       */
      reference?: string;
    };
    HoldRefusal: {
      /** @example The hold has expired: its copies are on sale again */
      message: string;
      /** @enum {string} */
      reason: 'hold expired' | 'hold released' | 'sold already';
      /**
       * @description If it is sold already
       * @example m8r0k3v9d0002x7q8m2
       */
      orderId?: string;
    };
    FieldChange: {
      /** @enum {string} */
      field: 'title' | 'author' | 'isbn' | 'topic' | 'price' | 'quantity' | 'hidden';
      /**
       * @description Left out: not known. Of quantity it never is, for sales change it as well
       * @example 50
       */
      from?: (string | number | boolean) | null;
      /** @example 45 */
      to: (string | number | boolean) | null;
    };
    BookChangeAnswer: {
      /**
       * @description Of the entry in the book's ledger
       * @example 7
       */
      sequenceNumber: number;
      /**
       * @description `cancelled`: copies of an order came back
       * @enum {string}
       */
      kind: 'created' | 'edited' | 'restocked' | 'cancelled';
      /**
       * @description The `X-Admin-Name` that was given with it; null: none, or an earlier release made the change
       * @example Ada Lovelace
       */
      by: string | null;
      /**
       * @description Null: an earlier release made it
       * @example 2026-11-27T10:15:30.000Z
       */
      at: string | null;
      /** @description Of an edit: what it changed */
      fields: components['schemas']['FieldChange'][];
      /**
       * @description Added, or taken back into stock
       * @example 10
       */
      copies?: number;
      /**
       * @description Whose copies came back
       * @example k3v9d0q8m2x7
       */
      orderId?: string;
    };
    Cancellation: {
      /**
       * @description Of this book only; left out: of each book of the order
       * @example 2
       */
      bookId?: number;
      /**
       * @description Left out: all that are left. Given, the order has one book, or `bookId` names one of several
       * @example 1
       */
      copies?: number;
    };
    CancellationRefusal: {
      /** @example More copies than are left of the order */
      message: string;
      /** @enum {string} */
      reason: 'more than was sold';
      /** @description The order as it is */
      order: components['schemas']['OrderAnswer'];
    };
    ChangeEvent: {
      /**
       * @description More may come in later releases: pass over what you do not know
       * @enum {string}
       */
      kind: 'created' | 'edited' | 'restocked' | 'sold' | 'held' | 'released' | 'expired' | 'cancelled';
      /**
       * @description Of `created` and `edited`: how many there are then. Of the others: how many were restocked, sold, held or given back
       * @example 1
       */
      quantity?: number;
      /**
       * @description Of one copy: of created, edited, sold and held
       * @example 50
       */
      price?: number;
      /**
       * @description Of sold and cancelled
       * @example k3v9d0q8m2x7
       */
      orderId?: string;
      /**
       * @description Of held, released and expired, and of sold if it was held: then these copies have left the stock before. A basket has one for all its books
       * @example h2-m8r0k3v9d0001q8m2x7
       */
      holdId?: string;
      /**
       * @description As the client gave it, with the hold or the order. Of a basket with its first book only
       * @example cart 4711
       */
      reference?: string;
      /**
       * @description Of sold
       * @example 2026-11-23T10:15:30.000Z
       */
      at?: string;
      /**
       * @description Of held
       * @example 2026-11-23T10:25:30.000Z
       */
      until?: string;
      /** @description Of sold: copies that were not there (WRITE_POLICY=reachable) */
      oversold?: number;
      /**
       * @description Of created and edited
       * @example RPCs for Dummies
       */
      title?: string;
      /**
       * @description Of created and edited
       * @example Distributed Systems
       */
      topic?: string;
      /** @description Of created and edited; null: it has none any more */
      isbn?: string | null;
      /** @description Of created and edited; null: it has none any more */
      author?: string | null;
      /** @description Of edited: the book was taken out of the shop, or brought back */
      hidden?: boolean;
    };
    BookNowAnswer: {
      /**
       * @description What can be bought
       * @example 4
       */
      quantity: number;
      /** @example 50 */
      price: number;
      /**
       * @description Of the last change that is in this
       * @example 12
       */
      number: number;
    };
    ChangeAnswer: {
      /** @example 2 */
      bookId: number;
      /**
       * @description Grows within a book, with gaps. `(bookId, number)` names this change: told again, it is the same
       * @example 12
       */
      number: number;
      /** @description At least one, in their order */
      events: components['schemas']['ChangeEvent'][];
      now: components['schemas']['BookNowAnswer'];
      /**
       * @description As `since`: what comes behind this change
       * @example v1.k3v9d0q8m2.0.0.k3v9d0q8m2_1a
       */
      cursor: string;
    };
    ChangesPage: {
      /** @description May be empty while there is more */
      changes: components['schemas']['ChangeAnswer'][];
      /**
       * @description As `since`: the next page, whenever there is one
       * @example v1.k3v9d0q8m2.0.0.k3v9d0q8m2_1c
       */
      next: string;
      /** @description There is more now */
      more: boolean;
    };
    RequestToFollow: {
      /** @enum {string} */
      kind: 'look-up' | 'buy';
      /** @example 2 */
      bookId: number;
      /**
       * @description Of a buy: it is a real one.
       * @default 1
       */
      quantity: number;
      /**
       * @description Of a look-up: as if this front-end did not have the book in its cache.
       * @default false
       */
      forgetFirst: boolean;
    };
    ProcessToTouch: {
      name: string;
      /** @enum {string} */
      action: 'stop' | 'hang' | 'cut off' | 'bring back';
    };
    MemberAnswer: {
      /** @example http://catalog-1:5000 */
      address: string;
      /** @description That of its disk: a new one has another. Null: it does not answer, or shares a database */
      replicaId: string | null;
      /** @description False: it is new, and has not learned from enough others yet. Null: it does not answer */
      votes: boolean | null;
      ready: boolean;
      /** @description Other catalogs that it does not hear at this moment */
      misses: string[];
    };
    MemberToAdmit: {
      /**
       * @description The catalog whose disk was lost, as CATALOG_ADDRESSES names it.
       * @example http://catalog-3:5000
       */
      catalog: string;
      /**
       * @description Those that cannot be asked; none: all others are there, but have lost their disks too.
       * @example [
       *       "http://catalog-2:5000"
       *     ]
       */
      without: string[];
      /**
       * @description Has to be said: what only the lost disk and the catalogs left out knew, acknowledged sales among it, is given up.
       * @enum {boolean}
       */
      mayLoseSales: true;
    };
    AdmittedAnswer: {
      /** @example http://catalog-3:5000 */
      catalog: string;
      /** @description The identity that the word is about, and no other */
      replicaId: string;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  HealthController_live: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @example ok */
            status?: string;
          };
        };
      };
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @example error */
            status?: string;
          };
        };
      };
    };
  };
  HealthController_ready: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @example ok */
            status?: string;
          };
        };
      };
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @example error */
            status?: string;
          };
        };
      };
    };
  };
  MetricsController_read: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/plain': string;
        };
      };
    };
  };
  ShopController_lookup: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `ETag` of the answer that you have */
        'If-None-Match'?: string;
      };
      path: {
        /** @description Decimal digits; `02` is 2 */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description With an `ETag` */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BookAnswer'];
        };
      };
      /** @description The answer that you have still holds */
      304: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description `{message: "Book with the specified ID does not exist"}` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description `{message: "Book ID must be a number"}` */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description `{message: "Could not connect to a server to search"}` */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  ShopController_search: {
    parameters: {
      query?: {
        limit?: number;
        /** @description From the `Link: rel="next"` of the page before */
        cursor?: string;
      };
      header?: {
        /** @description The `ETag` of the answer that you have */
        'If-None-Match'?: string;
      };
      path: {
        /** @description At most 200 characters */
        topic: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The next page, if any, is named by a `Link: rel="next"` header */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FoundBook'][];
        };
      };
      /** @description The answer that you have still holds */
      304: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The text is too long, or limit or cursor are wrong */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FieldErrors'];
        };
      };
      /** @description `{message: "Could not connect to a server to search"}` */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  ShopController_topics: {
    parameters: {
      query?: {
        limit?: number;
        /** @description From the `Link: rel="next"` of the page before */
        cursor?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TopicCount'][];
        };
      };
      /** @description limit is wrong */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FieldErrors'];
        };
      };
      /** @description `{message: "Could not connect to a server to search"}` */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  ShopController_buy: {
    parameters: {
      query?: {
        /** @description Copies */
        quantity?: number;
      };
      header?: {
        /** @description The same key, with the same wish, buys once and answers the same again, through whichever server; such an answer bears `Idempotency-Replayed: true`. 16 to 255 visible ASCII characters. Whoever knows a key and its wish is told the outcome: make it random, as a UUID. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Decimal digits; `02` is 2 */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Bought; or `success: false`: Book with the specified ID is out of stock */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BuyAnswer'];
        };
      };
      /** @description `{message: "The header Idempotency-Key must be 16 to 255 visible ASCII characters"}` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description `{message: "Book with the specified ID does not exist"}` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description `{message: "Book ID must be a number"}`; the quantity is wrong; or `{message: "This Idempotency-Key was used for another wish: another book, quantity or price. Nothing was done for this one; give it a new key"}` */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FieldErrors'];
        };
      };
      /** @description `{message: "Could not connect to a server to lookup"}` */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  AdministrationController_orders: {
    parameters: {
      query?: {
        limit?: number;
        /** @description From the `Link: rel="next"` of the page before */
        cursor?: string;
        /** @description Orders of this book only */
        bookId?: string;
        /** @description Orders that were given this reference only */
        reference?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The next page is named by a `Link: rel="next"` header */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OrderAnswer'][];
        };
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description Only if the server was started without ADMIN_TOKEN */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description limit, cursor, bookId or reference are wrong */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FieldErrors'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  ShopController_order: {
    parameters: {
      query?: never;
      header: {
        /** @description The same key, with the same wish, buys once and answers the same again, through whichever server; such an answer bears `Idempotency-Replayed: true`. 16 to 255 visible ASCII characters. Whoever knows a key and its wish is told the outcome: make it random, as a UUID. */
        'Idempotency-Key': string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewOrder'];
      };
    };
    responses: {
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OrderAnswer'];
        };
      };
      /** @description The body is not JSON, `{message: "The header Idempotency-Key is required: a new one for each order, the same one to ask again"}`, or `{message: "The header Idempotency-Key must be 16 to 255 visible ASCII characters"}` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description `{message: "Book with the specified ID does not exist"}` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description Nothing was bought; the book as it is now */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OrderRefusal'];
        };
      };
      /** @description A field is wrong, or not known; or `{message: "This Idempotency-Key was used for another wish: another book, quantity or price. Nothing was done for this one; give it a new key"}` */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FieldErrors'];
        };
      };
      /** @description `{message: "Could not connect to a server to lookup"}` */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  ShopController_find: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        orderId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OrderAnswer'];
        };
      };
      /** @description `{message: "Order with the specified ID does not exist"}` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description `{message: "Could not connect to a catalog server"}` */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  BooksController_find: {
    parameters: {
      query?: {
        limit?: number;
        /** @description From the `Link: rel="next"` of the page before */
        cursor?: string;
        /** @description Words of title, author, topic, or an ISBN, in any order, the last one as far as it is typed */
        q?: string;
        /** @description Books of this very topic only; case, accents and Unicode forms do not matter */
        topic?: string;
        sort?: 'relevance' | 'price' | 'title';
      };
      header?: {
        /** @description The `ETag` of the answer that you have */
        'If-None-Match'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As fresh as a look-up. The next page, if any, is named by a `Link: rel="next"` header; a page may be short, or empty, and have a next one */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BookSummary'][];
        };
      };
      /** @description The answer that you have still holds */
      304: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A parameter is wrong */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FieldErrors'];
        };
      };
      /** @description `{message: "Could not connect to a server to search"}` */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  AdministrationController_create: {
    parameters: {
      query?: never;
      header?: {
        /** @description The same key, with the same wish, changes the catalogue once and answers the same again, through whichever server; such an answer bears `Idempotency-Replayed: true`. 16 to 255 visible ASCII characters. Whoever knows a key and its wish is told the outcome: make it random, as a UUID. */
        'Idempotency-Key'?: string;
        /** @description Who asks for this, for the book's history: up to 60 characters, percent-encoded. Not looked into: the token is what counts */
        'X-Admin-Name'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewBook'];
      };
    };
    responses: {
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BookAnswer'];
        };
      };
      /** @description The body is not JSON, or `{message: "The header Idempotency-Key must be 16 to 255 visible ASCII characters"}`, or of X-Admin-Name */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description Only if the server was started without ADMIN_TOKEN */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description `{message, bookId, book}`: a book with this isbn, or this title and author, is there already */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description A field is wrong, or not known; or the key was used for another wish */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FieldErrors'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  BookRecordController_book: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BookAnswer'];
        };
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description No book has this id, or the server was started without ADMIN_TOKEN */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  AdministrationController_edit: {
    parameters: {
      query?: never;
      header?: {
        /** @description The same key, with the same wish, changes the catalogue once and answers the same again, through whichever server; such an answer bears `Idempotency-Replayed: true`. 16 to 255 visible ASCII characters. Whoever knows a key and its wish is told the outcome: make it random, as a UUID. */
        'Idempotency-Key'?: string;
        /** @description Who asks for this, for the book's history: up to 60 characters, percent-encoded. Not looked into: the token is what counts */
        'X-Admin-Name'?: string;
      };
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['BookEdit'];
      };
    };
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BookAnswer'];
        };
      };
      /** @description The body is not JSON, or `{message: "The header Idempotency-Key must be 16 to 255 visible ASCII characters"}`, or of X-Admin-Name */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description No book has this id, or the server was started without ADMIN_TOKEN */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description `{message, book}`: the book is not at the sequenceNumber given, or was changed meanwhile; the newer book. `{message, bookId, book}`: another book has this isbn, or with this author its title; that book */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description A field is wrong, not known, or none is given; or the key was used for another wish */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FieldErrors'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  AdministrationController_restock: {
    parameters: {
      query?: never;
      header?: {
        /** @description The same key, with the same wish, changes the catalogue once and answers the same again, through whichever server; such an answer bears `Idempotency-Replayed: true`. 16 to 255 visible ASCII characters. Whoever knows a key and its wish is told the outcome: make it random, as a UUID. */
        'Idempotency-Key'?: string;
        /** @description Who asks for this, for the book's history: up to 60 characters, percent-encoded. Not looked into: the token is what counts */
        'X-Admin-Name'?: string;
      };
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Restock'];
      };
    };
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BookAnswer'];
        };
      };
      /** @description The body is not JSON, or `{message: "The header Idempotency-Key must be 16 to 255 visible ASCII characters"}`, or of X-Admin-Name */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description No book has this id, or the server was started without ADMIN_TOKEN */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description A field is wrong, or not known; or the key was used for another wish */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FieldErrors'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  AdministrationController_import: {
    parameters: {
      query?: {
        /** @description Which column is which field, where its name does not tell */
        map?: string[];
        /** @description What a field is in rows that do not say it */
        set?: string[];
        /** @description One character, or `tab`; found out if it is not said */
        separator?: string;
        /** @description UTF-8 and UTF-16 are found out; others have to be said, by a name of the WHATWG encoding standard */
        encoding?: string;
        /** @description Sets prices and copies of books that are there already to what the file says */
        update?: 'true' | 'false';
        /** @description Changes nothing: answers what is understood of the beginning of the file (ImportPreview) */
        preview?: 'true' | 'false';
      };
      header?: {
        /** @description Who asks for this, for the book's history: up to 60 characters, percent-encoded. Not looked into: the token is what counts */
        'X-Admin-Name'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'text/csv': string;
        'application/x-ndjson': string;
        'application/jsonl': string;
      };
    };
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ImportReport'] | components['schemas']['ImportPreview'];
        };
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description Only if the server was started without ADMIN_TOKEN */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description More than 256 MB */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description Neither CSV nor JSON lines */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description The file is not of its encoding, or its first line does not name the columns (`doubtful` says what to say); a parameter is wrong. With the counts of what was done before */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  LowStockController_lowStock: {
    parameters: {
      query?: {
        limit?: number;
        /** @description From the `Link: rel="next"` of the page before */
        cursor?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The next page is named by a `Link: rel="next"` header */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['LowStockBook'][];
        };
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description Only if the server was started without ADMIN_TOKEN */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description limit or cursor are wrong */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FieldErrors'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  HeldAndSoldController_list: {
    parameters: {
      query?: {
        limit?: number;
        /** @description From the `Link: rel="next"` of the page before */
        cursor?: string;
        /** @description What is held of this book only */
        bookId?: string;
        /** @description Yours, to find it by again: shown as it is, and never looked into */
        reference?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The next page is named by a `Link: rel="next"` header */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HoldAnswer'][];
        };
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description Only if the server was started without ADMIN_TOKEN */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description limit, cursor, bookId or reference are wrong */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FieldErrors'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  HoldsController_hold: {
    parameters: {
      query?: never;
      header: {
        /** @description The same key, with the same wish, holds once and answers the same again, through whichever server; such an answer bears `Idempotency-Replayed: true`. 16 to 255 visible ASCII characters. Whoever knows a key and its wish is told the outcome: make it random, as a UUID. */
        'Idempotency-Key': string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewHold'];
      };
    };
    responses: {
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HoldAnswer'];
        };
      };
      /** @description The body is not JSON, `{message: "The header Idempotency-Key is required: a new one for each order, the same one to ask again"}`, or `{message: "The header Idempotency-Key must be 16 to 255 visible ASCII characters"}` */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description `{message: "Book with the specified ID does not exist"}` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description Nothing is held */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OrderRefusal'];
        };
      };
      /** @description A field is wrong, or not known; or `{message: "This Idempotency-Key was used for another wish: another book, quantity or price. Nothing was done for this one; give it a new key"}` */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FieldErrors'];
        };
      };
      /** @description `{message: "Could not connect to a server to lookup"}` */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  HoldsController_find: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        holdId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HoldAnswer'];
        };
      };
      /** @description `{message: "Hold with the specified ID does not exist"}` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description `{message: "Could not connect to a catalog server"}` */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  HoldsController_release: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        holdId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description `released`; or `expired`, if it had run out */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HoldAnswer'];
        };
      };
      /** @description `{message: "Hold with the specified ID does not exist"}` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description `{message: "The hold is confirmed: its copies are sold"}` */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HoldRefusal'];
        };
      };
      /** @description `{message: "Could not connect to a catalog server"}` */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  HoldsController_confirm: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        holdId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OrderAnswer'];
        };
      };
      /** @description `{message: "Hold with the specified ID does not exist"}` */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description It has expired, or was released: nothing was sold */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HoldRefusal'];
        };
      };
      /** @description `{message: "Could not connect to a catalog server"}` */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  BookRecordController_hidden: {
    parameters: {
      query?: {
        limit?: number;
        /** @description From the `Link: rel="next"` of the page before */
        cursor?: string;
        /** @description Words somewhere in title, author, topic or ISBN */
        q?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The next page is named by a `Link: rel="next"` header; a page may be short and have one */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BookAnswer'][];
        };
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description Only if the server was started without ADMIN_TOKEN */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description q, limit or cursor are wrong */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FieldErrors'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  BookRecordController_history: {
    parameters: {
      query?: {
        limit?: number;
        /** @description From the `Link: rel="next"` of the page before */
        cursor?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The next page is named by a `Link: rel="next"` header */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BookChangeAnswer'][];
        };
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description No book has this id, or the server was started without ADMIN_TOKEN */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description limit or cursor are wrong */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FieldErrors'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  HeldAndSoldController_cancel: {
    parameters: {
      query?: never;
      header?: {
        /** @description The same key, with the same wish, changes the catalogue once and answers the same again, through whichever server; such an answer bears `Idempotency-Replayed: true`. 16 to 255 visible ASCII characters. Whoever knows a key and its wish is told the outcome: make it random, as a UUID. */
        'Idempotency-Key'?: string;
        /** @description Who asks for this, for the book's history: up to 60 characters, percent-encoded. Not looked into: the token is what counts */
        'X-Admin-Name'?: string;
      };
      path: {
        orderId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Cancellation'];
      };
    };
    responses: {
      /** @description The order as it is now */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OrderAnswer'];
        };
      };
      /** @description The body is not JSON, or `{message: "The header Idempotency-Key must be 16 to 255 visible ASCII characters"}`, or of X-Admin-Name */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description There is no such order, or the server was started without ADMIN_TOKEN */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description More copies than are left: none was cancelled */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CancellationRefusal'];
        };
      };
      /** @description A field is wrong, or not known */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FieldErrors'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  ChangesController_changes: {
    parameters: {
      query?: {
        /** @description `next`, or a `cursor`, of an answer before: what comes behind it. `now`: only what comes. Left out: all, from the beginning */
        since?: string;
        limit?: number;
      };
      header: {
        accept: string;
        'last-event-id': string;
        /** @description Of a stream: the id of the last event that was read; goes before `since` */
        'Last-Event-ID'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The next page is named by `next`, and by a `Link: rel="next"` header */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ChangesPage'];
          'text/event-stream': components['schemas']['ChangeAnswer'];
        };
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description Only if the server was started without ADMIN_TOKEN */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description since, Last-Event-ID or limit are wrong: not a cursor, of another bookstore, or from ahead of all that happened */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FieldErrors'];
        };
      };
      /** @description 16 streams are open at this front-end */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  OpsController_access: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  OpsController_events: {
    parameters: {
      query?: {
        book?: unknown;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/event-stream': Record<string, never>;
        };
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description Too many are watching */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  OpsController_book: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Null where a catalog did not answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  OpsController_observation: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description All zero without OBSERVE_EVERY */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  OpsController_follow: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RequestToFollow'];
      };
    };
    responses: {
      /** @description `{traceId}`, when the request has its answer */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  OpsController_followed: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        traceId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Commits may come a moment after the answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description It was not made through this front-end, or is forgotten */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  OpsController_touch: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ProcessToTouch'];
      };
    };
    responses: {
      /** @description The supervisor was asked; the snapshots tell when it is done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description Nobody supervises this bookstore, or there is no such process */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It is the front-end that was asked */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  MembersController_members: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['MemberAnswer'][];
        };
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description The server was started without ADMIN_TOKEN */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  MembersController_admit: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['MemberToAdmit'];
      };
    };
    responses: {
      /** @description It joins as soon as it has what the others have: see `GET /ops/members` */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AdmittedAnswer'];
        };
      };
      /** @description ADMIN_TOKEN is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description There is no such catalog, or the server was started without ADMIN_TOKEN */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description `{message, reason}`: it votes already; one left out is there, or one not left out is not */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ErrorAnswer'];
        };
      };
      /** @description A field is wrong, or not known */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FieldErrors'];
        };
      };
      /** @description No catalog could be reached */
      504: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnreachableAnswer'];
        };
      };
    };
  };
  StatusController_status: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description FrontEndStatus */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The cluster secret is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  InvalidationController_forgetBook: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The cluster secret is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description No book can have this id */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The id is no number */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  InvalidationController_forgetTopic: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        topic: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The cluster secret is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  InvalidationController_forgetSearches: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The cluster secret is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  InvalidationController_dump: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description `{lookup: [{id, price, quantity, title}], search: [{id, topics, search_result}], unknown: [id]}` */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The cluster secret is missing or wrong */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
}
