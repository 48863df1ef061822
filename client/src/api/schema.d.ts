/** Generated from the OpenAPI document by `npm run types`. Do not edit. */
export interface paths {
    "/api/v1/bias": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Occupations and templates */
        get: operations["bias_material"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check a model */
        post: operations["check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List jobs */
        get: operations["list_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Look at a job */
        get: operations["show_job"];
        put?: never;
        post?: never;
        /** Cancel a job */
        delete: operations["cancel_job"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List projects */
        get: operations["list_projects"];
        put?: never;
        /** Make a project */
        post: operations["create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Open a project */
        get: operations["show_project"];
        put?: never;
        post?: never;
        /** Delete a project */
        delete: operations["remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/ablate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Draw ablation curves */
        post: operations["start_ablation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/activations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read neurons on texts */
        post: operations["activations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/agreement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** How far rankings agree */
        post: operations["compare_rankings"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/attention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Where the model attends */
        post: operations["attention"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/attribute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Which neurons made a word */
        post: operations["attribute_word"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/bias": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Which gender occupations get */
        post: operations["start_bias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Patch one run into another */
        post: operations["compare"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/concepts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Name neurons */
        post: operations["start_concepts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/control": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Control a property */
        post: operations["start_control"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/counterparts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Similar sentences that come out otherwise */
        post: operations["find_counterparts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/decoding": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Look into the decoding of a sentence */
        post: operations["decoding"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/extract": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Record activations */
        post: operations["start_extract"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/find": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Which neurons would make a word */
        post: operations["find"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ablate groups of neurons, each as a whole */
        post: operations["ablate_groups"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/kept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Translations of a point of a curve */
        get: operations["kept_translations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/label-files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List added files of labels */
        get: operations["list_label_files"];
        put?: never;
        /** Add a file of labels */
        post: operations["add_label_file"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/label-files/{identifier}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove an added file of labels */
        delete: operations["remove_label_file"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What labels words */
        get: operations["list_labels"];
        put?: never;
        /** What a label says */
        post: operations["show_label"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/marked": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Neurons of marked words */
        post: operations["rank_marked"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/models/{model}/concepts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Names of neurons */
        get: operations["show_concepts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/models/{model}/neurons/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All that is known of a neuron */
        get: operations["show_neuron"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/models/{model}/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What recording takes */
        get: operations["estimate_recording"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/nearest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tokens in the nearest states */
        post: operations["find_nearest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/patch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep cells of a comparison */
        post: operations["patch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/prune": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write a smaller model */
        post: operations["start_pruning"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/pruned": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open a smaller model */
        post: operations["open_pruned"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/pruned/{model}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a smaller model */
        delete: operations["remove_pruned"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/rankings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List rankings */
        get: operations["list_rankings"];
        put?: never;
        /** Rank neurons */
        post: operations["make_ranking"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/rankings/{ranking}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A ranking */
        get: operations["show_ranking"];
        put?: never;
        post?: never;
        /** Delete a ranking */
        delete: operations["remove_ranking"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/rankings/{ranking}/details": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What else a ranking found */
        get: operations["ranking_details"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/rankings/{ranking}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A ranking as a file */
        get: operations["export_ranking"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/rankings/{ranking}/order": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Order and scores of a ranking */
        get: operations["ranking_order"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/rankings/{ranking}/stability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** How stable a ranking is */
        post: operations["start_stability"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/scopes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Which words neurons are limited to */
        post: operations["scopes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/score": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Score the corpus */
        post: operations["start_score"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/sentences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A window on the corpus */
        get: operations["list_sentences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/sets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List manipulation sets */
        get: operations["list_sets"];
        put?: never;
        /** Keep a manipulation set */
        post: operations["keep_set"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/sets/{identifier}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change a manipulation set */
        post: operations["replace_set"];
        /** Delete a manipulation set */
        delete: operations["remove_set"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/sets/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep the sets of a file */
        post: operations["import_sets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/similarity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** How alike layers are */
        post: operations["start_similarity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/slices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Scores of slices of the corpus */
        post: operations["score_slices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/slices/sentences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sentences of a slice */
        post: operations["slice_sentences"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/translate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Translate, clean and changed */
        post: operations["translate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try an edit on the whole corpus */
        post: operations["try_edit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What recording a new project takes */
        post: operations["estimate_new"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Is the server up? */
        get: operations["healthz"];
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
        /**
         * AblationCurve
         * @description One order; areas are the mean height of a curve, None while it has one point.
         */
        AblationCurve: {
            /**
             * Area Bleu
             * @default null
             */
            area_bleu: number | null;
            /**
             * Area Chrf
             * @default null
             */
            area_chrf: number | null;
            /**
             * Areas
             * @description By the metric's name.
             */
            areas: {
                [key: string]: number | null;
            };
            /**
             * Direction
             * @enum {string}
             */
            direction: "top" | "bottom" | "random";
            /** Points */
            points: components["schemas"]["AblationPoint"][];
            /** Seed */
            seed: number | null;
        };
        /**
         * AblationPoint
         * @description Scores with some neurons ablated; p-values are against none.
         */
        AblationPoint: {
            /** Ablated */
            ablated: number;
            /**
             * Bleu
             * @default null
             */
            bleu: number | null;
            /**
             * Bleu Interval
             * @default null
             */
            bleu_interval: number | null;
            /**
             * Bleu P Value
             * @default null
             */
            bleu_p_value: number | null;
            /** Changed Sentences */
            changed_sentences: number;
            /**
             * Chrf
             * @default null
             */
            chrf: number | null;
            /**
             * Chrf Interval
             * @default null
             */
            chrf_interval: number | null;
            /**
             * Chrf P Value
             * @default null
             */
            chrf_p_value: number | null;
            /** Metrics */
            metrics: {
                [key: string]: components["schemas"]["PointScore"];
            };
            /** Sentences */
            sentences: number;
            /**
             * Translations
             * @description What the outputs at this point are asked by.
             */
            translations: string;
        };
        /**
         * AblationRequest
         * @description Ablate more and more neurons of a ranking and score the corpus at each step.
         */
        AblationRequest: {
            /**
             * Beams
             * @default 1
             */
            beams: number;
            /**
             * Directions
             * @default [
             *       "top",
             *       "bottom",
             *       "random"
             *     ]
             */
            directions: ("top" | "bottom" | "random")[];
            /**
             * Label
             * @default null
             */
            label: string | null;
            /**
             * Metrics
             * @description In place of the task's own scores; also what is installed (neurox.metrics).
             * @default null
             */
            metrics: string[] | null;
            /** Model */
            model: string;
            /**
             * Most
             * @description Go no further than this many neurons; all by default.
             * @default null
             */
            most: number | null;
            /**
             * Neurons
             * @description An order of one's own, first first.
             * @default null
             */
            neurons: string[] | null;
            /**
             * Operation
             * @default zero
             * @enum {string}
             */
            operation: "zero" | "mean" | "resample";
            /**
             * Orders
             * @description Random orders.
             * @default 5
             */
            orders: number;
            /**
             * Part
             * @default null
             */
            part: string | null;
            /**
             * Ranking
             * @description Id of a ranking; or give neurons.
             * @default null
             */
            ranking: string | null;
            /**
             * Scope
             * @default output
             * @enum {string}
             */
            scope: "output" | "recurrence";
            /**
             * Sentences
             * @description The first so many of the corpus; all by default.
             * @default null
             */
            sentences: number | null;
            /**
             * Steps
             * @default 10
             */
            steps: number | "adaptive";
            /**
             * Workers
             * @default 1
             */
            workers: number;
        };
        /**
         * AblationResult
         * @description Result, or partial result, of a job that ablates.
         */
        AblationResult: {
            /**
             * Bands
             * @description What random orders have in common, by the metric's name.
             */
            bands: {
                [key: string]: components["schemas"]["BandPoint"][];
            };
            /** Beams */
            beams: number;
            /**
             * Bleu Signature
             * @default
             */
            bleu_signature: string;
            /**
             * Chrf Signature
             * @default
             */
            chrf_signature: string;
            /** Complete */
            complete: boolean;
            /** Corpus */
            corpus: string;
            /** Curves */
            curves: components["schemas"]["AblationCurve"][];
            /**
             * Metrics
             * @description Of the model's task, the most usual first.
             */
            metrics: components["schemas"]["MetricInfo"][];
            /** Model */
            model: string;
            /** Neurons */
            neurons: number;
            /** Operation */
            operation: string;
            /** Random Bleu */
            random_bleu: components["schemas"]["BandPoint"][];
            /** Random Chrf */
            random_chrf: components["schemas"]["BandPoint"][];
            /** Ranking */
            ranking: string;
            /** Scope */
            scope: string;
            /** Signature */
            signature: string;
            /** Task */
            task: string;
        };
        /**
         * ActivationsMeta
         * @description The ``meta`` of the frame that answers an ActivationsRequest; numbers are one a neuron.
         */
        ActivationsMeta: {
            /** Deviation */
            deviation: (number | null)[];
            /** Maximum */
            maximum: (number | null)[];
            /** Mean */
            mean: (number | null)[];
            /** Minimum */
            minimum: (number | null)[];
            /** Neurons */
            neurons: string[];
            /** Texts */
            texts: components["schemas"]["ActivationsText"][];
            /**
             * Word
             * @enum {string}
             */
            word: "first" | "last" | "mean" | "pieces";
        };
        /**
         * ActivationsRequest
         * @description Activations of some neurons on sentences or texts; answered by a binary frame.
         *
         *     ``text`` chooses what the decoder reads: the model's own baseline translation or the reference
         *     (the reference of a user's own text does not exist). Encoder neurons always read the source.
         */
        ActivationsRequest: {
            /**
             * Beams
             * @description Of the baseline translation.
             * @default 1
             */
            beams: number;
            /** Model */
            model: string;
            /** Neurons */
            neurons: string[];
            /** Sentences */
            sentences?: number[];
            /**
             * Text
             * @default translation
             * @enum {string}
             */
            text: "translation" | "reference";
            /** Texts */
            texts?: string[];
            /**
             * Word
             * @default mean
             * @enum {string}
             */
            word: "first" | "last" | "mean" | "pieces";
        };
        /**
         * ActivationsText
         * @description A text of an activation frame: columns ``start`` to ``start + count`` are its units.
         *
         *     Neurons of the encoder have values on the sides ``source``, those of the decoder on ``target``;
         *     the other cells are NaN. ``item`` counts the request's sentences and then its texts.
         */
        ActivationsText: {
            /** Count */
            count: number;
            /** Item */
            item: number;
            /** Sentence */
            sentence: number | null;
            /**
             * Side
             * @enum {string}
             */
            side: "source" | "target";
            /** Start */
            start: number;
            /**
             * Text
             * @enum {string}
             */
            text: "source" | "translation" | "reference";
            view: components["schemas"]["TextView"];
        };
        /**
         * AddedLabels
         * @description A file of labels that was added to a project.
         */
        AddedLabels: {
            /**
             * Error
             * @description Why it does not fit the corpus any longer; empty if it does.
             */
            error: string;
            /** File */
            file: string;
            /** Form */
            form: ("conllu" | "table" | "pairs" | "words") | null;
            /** Id */
            id: string;
            /**
             * Labels
             * @description What a LabelBody calls them.
             */
            labels: string[];
            /** Name */
            name: string;
            /** Side */
            side: ("source" | "reference") | null;
            /**
             * Words
             * @description How many words have a label.
             */
            words: number;
        };
        /**
         * AddedLabelsList
         * @description All files of labels that were added to a project.
         */
        AddedLabelsList: {
            /** Files */
            files: components["schemas"]["AddedLabels"][];
        };
        /**
         * AgreementInfo
         * @description How far rankings agree; matrices are (rankings, rankings), in the request's order.
         */
        AgreementInfo: {
            /**
             * Average Overlap
             * @description Fan et al. 2023.
             */
            average_overlap: (number | null)[];
            /**
             * Chance
             * @description Overlap of two random rankings.
             */
            chance: number;
            /**
             * Consensus
             * @description Neurons by the votes of all rankings, the first k.
             */
            consensus: string[];
            /**
             * Curve At
             * @description Numbers of first neurons.
             */
            curve_at: number[];
            /**
             * Curves
             * @description Overlap of the first ranking with each other one at these numbers.
             */
            curves: number[][];
            /** Jaccard */
            jaccard: (number | null)[][];
            /** K */
            k: number;
            /** Kendall */
            kendall: (number | null)[][];
            /** Names */
            names: string[];
            /**
             * Neuron Vote
             * @description Fan et al. 2023.
             */
            neuron_vote: (number | null)[];
            /** Neurons */
            neurons: number;
            /** Overlap */
            overlap: (number | null)[][];
            /** Spearman */
            spearman: (number | null)[][];
        };
        /**
         * AgreementRequest
         * @description Compare rankings of the same neurons.
         */
        AgreementRequest: {
            /**
             * K
             * @description How many neurons count as the first; a tenth, at most 100, if missing.
             * @default null
             */
            k: number | null;
            /** Rankings */
            rankings: components["schemas"]["RankingPart"][];
        };
        /**
         * AnnotatorBody
         * @description What tags references and outputs in place of the annotation.
         */
        AnnotatorBody: {
            /** Name */
            name: string;
            /** Parameters */
            parameters?: {
                [key: string]: boolean | number | string;
            };
        };
        /**
         * AttentionMeta
         * @description The ``meta`` of the frame that answers an AttentionRequest.
         */
        AttentionMeta: {
            /** Columns */
            columns: components["schemas"]["AttentionPlace"][];
            /** Heads */
            heads: number;
            /**
             * Kind
             * @enum {string}
             */
            kind: "cross" | "encoder" | "decoder";
            /** Kinds */
            kinds: ("cross" | "encoder" | "decoder")[];
            /** Layer */
            layer: number | null;
            /** Layers */
            layers: number[];
            /** Rows */
            rows: components["schemas"]["AttentionPlace"][];
        };
        /**
         * AttentionPlace
         * @description What a row or column stands for: a piece of the source or of what was written.
         */
        AttentionPlace: {
            /** Index */
            index: number;
            /** Piece */
            piece: string;
            /**
             * Side
             * @enum {string}
             */
            side: "source" | "target" | "start";
        };
        /**
         * AttentionRequest
         * @description Attention while the model writes the tokens given, or an encoder reads; a binary frame.
         *
         *     The frame's ``values`` are (heads, rows, columns) in half precision: those of a layer, or with
         *     no layer the mean over all layers and heads as one.
         */
        AttentionRequest: {
            /**
             * Ids
             * @description None for a model that only reads.
             */
            ids?: number[];
            /** Interventions */
            interventions?: components["schemas"]["InterventionBody"][];
            /**
             * Kind
             * @description The model's first kind by default.
             * @default null
             */
            kind: ("cross" | "encoder" | "decoder") | null;
            /**
             * Layer
             * @default null
             */
            layer: number | null;
            /** Model */
            model: string;
            /**
             * Sentence
             * @default null
             */
            sentence: number | null;
            /**
             * Text
             * @default null
             */
            text: string | null;
        };
        /**
         * AttributedNeuron
         * @description Estimated effect of a neuron, in all and at each position of its stack.
         */
        AttributedNeuron: {
            /** Estimate */
            estimate: number;
            /** Neuron */
            neuron: string;
            /** Positions */
            positions: number[];
        };
        /**
         * AttributionRequest
         * @description Which neurons made a word of the output, or made it rather than another.
         */
        AttributionRequest: {
            /**
             * Alternative
             * @default null
             */
            alternative: string | null;
            /**
             * Baseline
             * @default mean
             * @enum {string}
             */
            baseline: "mean" | "zero" | "counterfactual";
            /**
             * Beams
             * @description Of the search that makes the model's own.
             * @default 1
             */
            beams: number;
            /**
             * Count
             * @default 60
             */
            count: number;
            /**
             * Counterfactual
             * @default null
             */
            counterfactual: string | null;
            /** Model */
            model: string;
            /**
             * Scope
             * @default output
             * @enum {string}
             */
            scope: "output" | "recurrence";
            /**
             * Target
             * @description The output; the model's own by default.
             * @default null
             */
            target: string | null;
            /** Text */
            text: string;
            /**
             * Verify
             * @default 20
             */
            verify: number;
            /**
             * Word
             * @description Which word of it, from 0.
             * @default null
             */
            word: number | null;
        };
        /**
         * AttributionResult
         * @description Effects of neurons on a word's log-probability, or on a difference of two.
         */
        AttributionResult: {
            /** Alternative */
            alternative: string | null;
            /** Baseline */
            baseline: string;
            /** Correlation */
            correlation: number | null;
            /** Layers */
            layers: {
                [key: string]: number;
            };
            /** Neurons */
            neurons: components["schemas"]["AttributedNeuron"][];
            /** Prefix */
            prefix: string;
            /** Scope */
            scope: string;
            /** Source */
            source: string;
            /** Value */
            value: number;
            /** Verified */
            verified: components["schemas"]["VerifiedNeuron"][];
            /**
             * Warnings
             * @description Why these effects say little.
             */
            warnings: string[];
            /** Word */
            word: string;
        };
        /**
         * BandPoint
         * @description What random orders have in common at a number of neurons.
         */
        BandPoint: {
            /** Ablated */
            ablated: number;
            /** High */
            high: number;
            /** Low */
            low: number;
            /** Mean */
            mean: number;
        };
        /**
         * BeamTreeView
         * @description All hypotheses that the search held, as columns: entry i of each is node i.
         *
         *     ``parents`` are numbers of nodes, -1 at the first step. ``scores`` and ``ranks`` are null where
         *     no hypothesis ends, ``ranks`` also where one ended that better ones displaced.
         */
        BeamTreeView: {
            /** Beams */
            beams: number;
            /** Fates */
            fates: ("winner" | "finished" | "left" | "outranked" | "pruned")[];
            /** Logprobs */
            logprobs: number[];
            /** Parents */
            parents: number[];
            /** Pieces */
            pieces: string[];
            /** Ranks */
            ranks: (number | null)[];
            /** Scores */
            scores: (number | null)[];
            /** Steps */
            steps: number[];
            /** Tokens */
            tokens: number[];
            /** Totals */
            totals: number[];
        };
        /**
         * BiasCaseInfo
         * @description One sentence.
         */
        BiasCaseInfo: {
            /** After */
            after: string;
            /** Before */
            before: string;
            /**
             * Found After
             * @enum {string}
             */
            found_after: "m" | "f" | "unknown";
            /**
             * Found Before
             * @enum {string}
             */
            found_before: "m" | "f" | "unknown";
            /**
             * Gold
             * @enum {string}
             */
            gold: "m" | "f";
            /** Noun */
            noun: string;
            /** Source */
            source: string;
            /**
             * Stereotype
             * @enum {string}
             */
            stereotype: "m" | "f" | "";
        };
        /**
         * BiasMaterial
         * @description The occupations and templates that are used if none are given.
         */
        BiasMaterial: {
            /**
             * Languages
             * @description Target languages whose determiners can be read.
             */
            languages: string[];
            /** Occupations */
            occupations: {
                [key: string]: "m" | "f";
            };
            /** Templates */
            templates: string[];
        };
        /**
         * BiasRequest
         * @description Which gender people get whose gender a pronoun says, clean and under interventions.
         */
        BiasRequest: {
            /**
             * Beams
             * @default 1
             */
            beams: number;
            /** Interventions */
            interventions?: components["schemas"]["InterventionBody"][];
            /**
             * Limit
             * @description Only the first so many sentences.
             * @default null
             */
            limit: number | null;
            /** Model */
            model: string;
            /**
             * Occupations
             * @description Nouns with their stereotype; a list of ours if missing.
             * @default null
             */
            occupations: {
                [key: string]: "m" | "f";
            } | null;
            /**
             * Sentences
             * @description Own ones, each with he or she.
             */
            sentences?: string[];
            /**
             * Templates
             * @description With {noun}, which comes first, and {pronoun}.
             * @default null
             */
            templates: string[] | null;
        };
        /**
         * BiasResult
         * @description Result of the gender experiment.
         */
        BiasResult: {
            after: components["schemas"]["BiasSummary"];
            before: components["schemas"]["BiasSummary"];
            /** Cases */
            cases: components["schemas"]["BiasCaseInfo"][];
            /** Changed Sentences */
            changed_sentences: number;
            /** Interventions */
            interventions: components["schemas"]["PresetEdit"][];
            /** Model */
            model: string;
            /** Sentences */
            sentences: number;
            /**
             * Warnings
             * @description What the model has no pieces for.
             */
            warnings: string[];
        };
        /**
         * BiasSummary
         * @description Counts by gender said and gender produced, and shares; None where nothing is known.
         */
        BiasSummary: {
            /** Accuracy */
            accuracy: number | null;
            /** Accuracy F */
            accuracy_f: number | null;
            /** Accuracy M */
            accuracy_m: number | null;
            /** Anti */
            anti: number | null;
            /** Delta G */
            delta_g: number | null;
            /** Delta S */
            delta_s: number | null;
            /**
             * Forms
             * @description Such as f->m; the last may be unknown.
             */
            forms: {
                [key: string]: number;
            };
            /** Pro */
            pro: number | null;
            /** Pronouns */
            pronouns: {
                [key: string]: number;
            };
        };
        /**
         * CheckedAbility
         * @description Something that can, or cannot, be done with a model, and why.
         */
        CheckedAbility: {
            /** Name */
            name: string;
            /** Possible */
            possible: boolean;
            /** Why */
            why: string;
        };
        /**
         * CheckedLaw
         * @description A law and how it went.
         */
        CheckedLaw: {
            /** Detail */
            detail: string;
            /** Name */
            name: string;
            /**
             * State
             * @enum {string}
             */
            state: "holds" | "broken" | "not judged";
        };
        /**
         * CheckedStack
         * @description One stack of a model.
         */
        CheckedStack: {
            /** Heads */
            heads: number | null;
            /** Layers */
            layers: number;
            /** Name */
            name: string;
            /** Sites */
            sites: {
                [key: string]: number;
            };
        };
        /**
         * CheckRequest
         * @description A model to look into.
         */
        CheckRequest: {
            /** Model */
            model: string;
        };
        /**
         * CheckResult
         * @description What a model is made of, and whether it is read and edited correctly.
         */
        CheckResult: {
            /** Abilities */
            abilities: components["schemas"]["CheckedAbility"][];
            /** Architecture */
            architecture: string;
            /** Device */
            device: string;
            /** Dtype */
            dtype: string;
            /** Family */
            family: string;
            /** Fingerprint */
            fingerprint: string;
            /** Labels */
            labels: string[];
            /** Languages */
            languages: string[];
            /** Laws */
            laws: components["schemas"]["CheckedLaw"][];
            /** Max Tokens */
            max_tokens: number;
            /** Name */
            name: string;
            /** Ok */
            ok: boolean;
            /**
             * Own Settings
             * @description Generation settings of the checkpoint that are not taken over, and why.
             */
            own_settings: {
                [key: string]: string;
            };
            /** Parameters */
            parameters: number;
            /** Score */
            score: string;
            /** Source Language */
            source_language: string;
            /** Special Tokens */
            special_tokens: {
                [key: string]: string;
            };
            /** Stacks */
            stacks: components["schemas"]["CheckedStack"][];
            /** Target Language */
            target_language: string;
            /** Task */
            task: string;
            /** Unresolved */
            unresolved: {
                [key: string]: string;
            };
            /**
             * Unused Weights
             * @description Parts of the checkpoint that the network has no place for, and how many weights each has.
             */
            unused_weights: {
                [key: string]: number;
            };
            /** Vocabulary */
            vocabulary: number;
        };
        /**
         * CompareRequest
         * @description Patch states of another sentence's run into this one's.
         */
        CompareRequest: {
            /**
             * Beams
             * @description Of the search whose translations are compared.
             * @default 1
             */
            beams: number;
            /** Counterfactual */
            counterfactual: string;
            /** Model */
            model: string;
            /**
             * Neurons
             * @default 20
             */
            neurons: number;
            /** Text */
            text: string;
        };
        /**
         * CompareResult
         * @description Where the difference between two sentences' translations comes from.
         */
        CompareResult: {
            /** Alternative */
            alternative: string | null;
            /** Counterfactual */
            counterfactual: string;
            /** Counterfactual Value */
            counterfactual_value: number;
            /** Layers */
            layers: components["schemas"]["PatchedLayer"][];
            /** Neurons */
            neurons: components["schemas"]["PatchedNeuron"][];
            /** Prefix */
            prefix: string;
            /** Source */
            source: string;
            /** Source Pieces */
            source_pieces: string[];
            /** Target Pieces */
            target_pieces: string[];
            /** Translations */
            translations: string[];
            /** Value */
            value: number;
            /**
             * Warnings
             * @description What the model has no pieces for.
             */
            warnings: string[];
            /** Word */
            word: string;
        };
        /**
         * ConceptsMeta
         * @description The ``meta`` of the frame that names the neurons of a stack.
         *
         *     Arrays, by flat index of the layers: ``best``, ``auc`` and ``direction`` (neurons, up to 3) hold
         *     the best concepts by number, their areas under the curve on held-out sentences, and whether the
         *     neuron is high (1) or low (-1) on them; ``average_precision`` and ``q`` (the corrected p-value)
         *     are of the first; ``found`` tells whether that is the neuron's name. ``shares`` and ``words`` of
         *     each concept are of the held-out words.
         */
        ConceptsMeta: {
            /** Concepts */
            concepts: string[];
            /**
             * Job
             * @description The newest job that was to name them.
             * @default null
             */
            job: string | null;
            /**
             * Lacks
             * @description Labels that were added since, so that no neuron can be named by.
             * @default []
             */
            lacks: string[];
            /** Layers */
            layers: components["schemas"]["LayerInfo"][];
            /**
             * Made
             * @description False if nobody had the neurons named yet.
             */
            made: boolean;
            /** Model */
            model: string;
            /**
             * Note
             * @description Why nothing could be found; there are no arrays then.
             * @default
             */
            note: string;
            /** Signature */
            signature: string;
            /**
             * Stack
             * @enum {string}
             */
            stack: "encoder" | "decoder";
        };
        /**
         * ConceptsRequest
         * @description Name the neurons of a stack by the concepts that they answer to.
         */
        ConceptsRequest: {
            /** Model */
            model: string;
            /**
             * Stack
             * @default encoder
             * @enum {string}
             */
            stack: "encoder" | "decoder";
        };
        /**
         * Context
         * @description A place in the corpus where the neuron is extreme; values are one a word.
         */
        Context: {
            /** Sentence */
            sentence: number;
            /** Spaces */
            spaces: boolean[];
            /** Value */
            value: number;
            /**
             * Values
             * @description None for a word without pieces.
             */
            values: (number | null)[];
            /** Word */
            word: number;
            /** Words */
            words: string[];
        };
        /**
         * ControlCell
         * @description One setting of the sweep.
         */
        ControlCell: {
            /** Beta */
            beta: number;
            /** Bleu */
            bleu: number;
            /** Bleu Change */
            bleu_change: number;
            /** Changed Elsewhere */
            changed_elsewhere: number;
            /** Chrf Change */
            chrf_change: number;
            /** K */
            k: number;
            /** Outputs */
            outputs: components["schemas"]["ControlOutput"][];
            /** Sentences */
            sentences: number;
            /** Success */
            success: number;
            /**
             * Untold
             * @description Share of the words that have neither value now.
             */
            untold: number;
            /** Words */
            words: number;
        };
        /**
         * ControlExample
         * @description A sentence that nothing was chosen by.
         */
        ControlExample: {
            /** After */
            after: string;
            /** Before */
            before: string;
            /** Changed */
            changed: number[];
            /**
             * Places
             * @description First and last character of each, the end open.
             */
            places: number[][];
            /** Source */
            source: string;
            /** Turned */
            turned: number[];
            /** Words */
            words: number[];
        };
        /**
         * ControlNeuronInfo
         * @description A neuron with the accuracy of its classifier and the mean of either class.
         */
        ControlNeuronInfo: {
            /** Accuracy */
            accuracy: number;
            /** Neuron */
            neuron: string;
            /** Other Mean */
            other_mean: number;
            /** Wanted Mean */
            wanted_mean: number;
        };
        /**
         * ControlOutput
         * @description What a sentence became in a cell: source words that took the value, output words changed.
         */
        ControlOutput: {
            /** After */
            after: string;
            /** Changed */
            changed: number[];
            /** Turned */
            turned: number[];
        };
        /**
         * ControlRequest
         * @description Find the neurons that control a property, and try them over a sweep.
         */
        ControlRequest: {
            /**
             * Alignment
             * @default corpus
             * @enum {string}
             */
            alignment: "corpus" | "attention";
            /** @default null */
            annotator: components["schemas"]["AnnotatorBody"] | null;
            /**
             * Betas
             * @default [
             *       0,
             *       2,
             *       8,
             *       32
             *     ]
             */
            betas: number[];
            /**
             * Ks
             * @default [
             *       1,
             *       5,
             *       20,
             *       50
             *     ]
             */
            ks: number[];
            /**
             * Label
             * @description Of the references' words, such as Tense.
             */
            label: string;
            /**
             * Layers
             * @description Of the encoder; its last if missing.
             * @default null
             */
            layers: string[] | null;
            /**
             * Limit
             * @description Most sentences of each of the two judging parts.
             * @default 120
             */
            limit: number;
            /** Model */
            model: string;
            /**
             * Scope
             * @default output
             * @enum {string}
             */
            scope: "output" | "recurrence";
            /**
             * Seed
             * @default 0
             */
            seed: number;
            /**
             * Select
             * @default accuracy
             * @enum {string}
             */
            select: "accuracy" | "difference" | "random";
            /**
             * Values
             * @description Two values; alternatives are separated by |.
             */
            values: string[];
            /**
             * Wanted
             * @description Which of them the output is to take.
             * @default 1
             * @enum {integer}
             */
            wanted: 0 | 1;
        };
        /**
         * ControlResult
         * @description Result, or partial result, of a control job; `best` is missing while the sweep runs.
         */
        ControlResult: {
            /** Alignment */
            alignment: string;
            best: components["schemas"]["ControlCell"] | null;
            /** Betas */
            betas: number[];
            /** Examples */
            examples: components["schemas"]["ControlExample"][];
            /**
             * Fitted Words
             * @description Of the wanted value, and the other.
             */
            fitted_words: number[];
            /** Interventions */
            interventions: components["schemas"]["PresetEdit"][];
            /** Ks */
            ks: number[];
            /** Layers */
            layers: string[];
            /** Model */
            model: string;
            /** Name */
            name: string;
            /** Neurons */
            neurons: components["schemas"]["ControlNeuronInfo"][];
            /** Other */
            other: string;
            /**
             * Scope
             * @enum {string}
             */
            scope: "output" | "recurrence";
            /** Select */
            select: string;
            /** Shown */
            shown: components["schemas"]["ControlSentence"][];
            /** Signature */
            signature: string;
            /** Sweep */
            sweep: components["schemas"]["ControlCell"][];
            /** Tagging */
            tagging: string;
            /** Wanted */
            wanted: string;
            /**
             * Words
             * @description Source words of the other value, most frequent first.
             */
            words: string[];
        };
        /**
         * ControlSentence
         * @description A sentence as it is without an edit, and which of its words are edited.
         */
        ControlSentence: {
            /** Before */
            before: string;
            /**
             * Places
             * @description First and last character of each, the end open.
             */
            places: number[][];
            /** Source */
            source: string;
            /** Words */
            words: number[];
        };
        /**
         * CorpusInfo
         * @description The text of a project.
         */
        CorpusInfo: {
            /**
             * Columns
             * @description Sentence labels.
             */
            columns: string[];
            /**
             * Labels
             * @description Word labels, such as upos, Tense, Number.
             */
            labels: string[];
            /** Name */
            name: string;
            /** Parts */
            parts: components["schemas"]["CorpusPart"][];
            /**
             * References
             * @description Without them a translation model's decoder is recorded on its own output.
             */
            references: boolean;
            /** Sentences */
            sentences: number;
        };
        /**
         * CorpusPart
         * @description A part of the corpus with its own score.
         */
        CorpusPart: {
            /** Name */
            name: string;
            /** Sentences */
            sentences: number;
        };
        /**
         * Counterpart
         * @description A similar sentence with another outcome.
         */
        Counterpart: {
            /** Changed */
            changed: string | null;
            /** Clean */
            clean: string;
            /** Outcome */
            outcome: string;
            /** Reference */
            reference: string;
            /** Sentence */
            sentence: number;
            /**
             * Similarity
             * @description Cosine, or chrF from 0 to 100.
             */
            similarity: number;
            /** Source */
            source: string;
        };
        /**
         * CounterpartsRequest
         * @description Find the most similar sentences of the corpus that come out otherwise than this one.
         */
        CounterpartsRequest: {
            /**
             * Beams
             * @default 1
             */
            beams: number;
            /**
             * Count
             * @default 8
             */
            count: number;
            /** Interventions */
            interventions?: components["schemas"]["InterventionBody"][];
            /**
             * Layer
             * @description Whose mean states are compared; the last that reads the source.
             * @default null
             */
            layer: string | null;
            /** Model */
            model: string;
            outcome: components["schemas"]["OutcomeBody"];
            /**
             * Sentence
             * @default null
             */
            sentence: number | null;
            /**
             * Similarity
             * @default states
             * @enum {string}
             */
            similarity: "states" | "chrf";
            /**
             * Start
             * @description Start translating the corpus if that was not done; else 409, not_scored.
             * @default true
             */
            start: boolean;
            /**
             * Text
             * @description A text of the user's own, if no sentence.
             * @default null
             */
            text: string | null;
        };
        /**
         * CounterpartsResult
         * @description The most similar sentences that come out otherwise, and how the corpus comes out.
         */
        CounterpartsResult: {
            /** Changed */
            changed: string | null;
            /** Clean */
            clean: string;
            /** Found */
            found: components["schemas"]["Counterpart"][];
            /** Layer */
            layer: string | null;
            /** Outcome */
            outcome: string;
            /** Outcomes */
            outcomes: components["schemas"]["OutcomeCount"][];
            /** Source */
            source: string;
        };
        /**
         * DecodedHypothesis
         * @description A text that the search returned, with its score.
         */
        DecodedHypothesis: {
            /** Score */
            score: number;
            /** Text */
            text: string;
        };
        /**
         * DecodedLine
         * @description One decoding. Step i made piece i of the view.
         *
         *     ``changed`` lists the words that differ from the line without a prefix, or without changes.
         */
        DecodedLine: {
            /** Changed */
            changed: number[];
            /** Hypotheses */
            hypotheses: components["schemas"]["DecodedHypothesis"][];
            /**
             * Kind
             * @enum {string}
             */
            kind: "clean" | "changed" | "forced" | "forced_changed";
            /** Score */
            score: number;
            /** Steps */
            steps: components["schemas"]["DecodedStep"][];
            tree: components["schemas"]["BeamTreeView"];
            /** Truncated */
            truncated: boolean;
            view: components["schemas"]["TextView"];
        };
        /**
         * DecodedStep
         * @description A produced token; ``rank`` is its place among the alternatives, null if it is not there.
         */
        DecodedStep: {
            /** Alternatives */
            alternatives: components["schemas"]["TokenAlternative"][];
            /** Forced */
            forced: boolean;
            /** Logprob */
            logprob: number;
            /** Piece */
            piece: string;
            /** Rank */
            rank: number | null;
            /** Token */
            token: number;
        };
        /**
         * DecodingRequest
         * @description Decode one sentence, clean and changed, and from a prefix if one is given.
         *
         *     The sentence is one of the corpus or a text. A prefix is text, which the model's tokenizer cuts,
         *     or exact ids of the target vocabulary.
         */
        DecodingRequest: {
            /**
             * Alternatives
             * @default 5
             */
            alternatives: number;
            /**
             * Beams
             * @default 1
             */
            beams: number;
            /** Interventions */
            interventions?: components["schemas"]["InterventionBody"][];
            /** Model */
            model: string;
            /**
             * Prefix
             * @default null
             */
            prefix: string | null;
            /**
             * Prefix Ids
             * @default null
             */
            prefix_ids: number[] | null;
            /**
             * Sentence
             * @default null
             */
            sentence: number | null;
            /**
             * Text
             * @default null
             */
            text: string | null;
        };
        /**
         * DecodingResult
         * @description The lines: clean, changed if there are interventions, and both again from a prefix.
         */
        DecodingResult: {
            /**
             * Attention
             * @description Whether the model has attention that can be shown.
             */
            attention: boolean;
            /**
             * Ends
             * @description Ids that end a text; they cannot be forced.
             */
            ends: number[];
            /** Lines */
            lines: components["schemas"]["DecodedLine"][];
            /**
             * Prefix
             * @description The prefix as the pieces that were forced.
             */
            prefix: string[];
            source: components["schemas"]["TextView"];
            /** Warnings */
            warnings: string[];
        };
        /**
         * ErrorBody
         * @description The one shape of every error answer.
         */
        ErrorBody: {
            error: components["schemas"]["ErrorDetail"];
            /** Status */
            status: number;
        };
        /**
         * ErrorDetail
         * @description What went wrong, in words for a person, and a stable code for a program.
         */
        ErrorDetail: {
            /** Code */
            code: string;
            /**
             * Job
             * @description A job to wait for, when code is 'not_ready'.
             * @default null
             */
            job: string | null;
            /** Message */
            message: string;
            /**
             * Where
             * @default null
             */
            where: string | null;
        };
        /**
         * ExtractRequest
         * @description Start, or find, the job that extracts a model's activations on the corpus.
         */
        ExtractRequest: {
            /** Model */
            model: string;
        };
        /**
         * FindRequest
         * @description Which few neurons, within their natural range, would make another word?
         */
        FindRequest: {
            /**
             * Beams
             * @description Of the search whose translation has the word.
             * @default 1
             */
            beams: number;
            /**
             * Bound
             * @default 3
             */
            bound: number;
            /**
             * Layers
             * @description Where to look; all that read the source and have known means if missing.
             * @default null
             */
            layers: string[] | null;
            /** Model */
            model: string;
            /**
             * Most
             * @default 10
             */
            most: number;
            /**
             * Scope
             * @default output
             * @enum {string}
             */
            scope: "output" | "recurrence";
            /** Text */
            text: string;
            /** Wanted */
            wanted: string;
            /**
             * Word
             * @description A word of the translation, from 0.
             */
            word: number;
        };
        /**
         * FindResult
         * @description An edit that makes a word, or the best there was.
         */
        FindResult: {
            /** After */
            after: string;
            /** Before */
            before: string;
            /** Bound */
            bound: number;
            /** Found */
            found: boolean;
            /** Interventions */
            interventions: components["schemas"]["PresetEdit"][];
            /** Prefix */
            prefix: string;
            /** Source */
            source: string;
            /**
             * Steps
             * @description The measure with no, one, two ... neurons.
             */
            steps: number[];
            /** Wanted */
            wanted: string;
            /**
             * Warnings
             * @description Why the search is in doubt.
             */
            warnings: string[];
            /** Word */
            word: string;
        };
        /**
         * FirstNeurons
         * @description Flat numbers of the first neurons of a ranking, and their scores.
         */
        FirstNeurons: {
            /** Order */
            order: number[];
            /** Scores */
            scores: number[];
        };
        /**
         * GroupPoint
         * @description Scores with one group ablated; p-values are against none.
         */
        GroupPoint: {
            /**
             * Bleu
             * @default null
             */
            bleu: number | null;
            /**
             * Bleu Interval
             * @default null
             */
            bleu_interval: number | null;
            /**
             * Bleu P Value
             * @default null
             */
            bleu_p_value: number | null;
            /** Changed Sentences */
            changed_sentences: number;
            /**
             * Chrf
             * @default null
             */
            chrf: number | null;
            /**
             * Chrf Interval
             * @default null
             */
            chrf_interval: number | null;
            /**
             * Chrf P Value
             * @default null
             */
            chrf_p_value: number | null;
            /** Metrics */
            metrics: {
                [key: string]: components["schemas"]["PointScore"];
            };
            /** Name */
            name: string;
            /** Neurons */
            neurons: number;
            /** Sentences */
            sentences: number;
            /**
             * Translations
             * @description What the translations under it are asked by.
             */
            translations: string;
        };
        /**
         * GroupsRequest
         * @description Ablate groups of neurons, each as a whole, and score the corpus under each.
         *
         *     ``these``: exactly `neurons`. ``others``: all other units of their layers. ``layers``: each of
         *     `layers` whole (all layers if missing). ``heads``: each head of each of `layers`.
         */
        GroupsRequest: {
            /**
             * Beams
             * @default 1
             */
            beams: number;
            /**
             * Groups
             * @enum {string}
             */
            groups: "these" | "others" | "layers" | "heads";
            /** Layers */
            layers?: string[];
            /**
             * Metrics
             * @description In place of the task's own scores; also what is installed (neurox.metrics).
             * @default null
             */
            metrics: string[] | null;
            /** Model */
            model: string;
            /** Neurons */
            neurons?: string[];
            /**
             * Operation
             * @default zero
             * @enum {string}
             */
            operation: "zero" | "mean" | "resample";
            /**
             * Part
             * @default null
             */
            part: string | null;
            /**
             * Scope
             * @default output
             * @enum {string}
             */
            scope: "output" | "recurrence";
            /**
             * Sentences
             * @description The first so many of the corpus; all by default.
             * @default null
             */
            sentences: number | null;
        };
        /**
         * GroupsResult
         * @description Result, or partial result, of a job that ablates groups; ``baseline`` ablates nothing.
         */
        GroupsResult: {
            baseline: components["schemas"]["GroupPoint"];
            /** Beams */
            beams: number;
            /**
             * Bleu Signature
             * @default
             */
            bleu_signature: string;
            /**
             * Chrf Signature
             * @default
             */
            chrf_signature: string;
            /** Complete */
            complete: boolean;
            /**
             * Metrics
             * @description Of the model's task, the most usual first.
             */
            metrics: components["schemas"]["MetricInfo"][];
            /** Model */
            model: string;
            /** Operation */
            operation: string;
            /** Points */
            points: components["schemas"]["GroupPoint"][];
            /** Scope */
            scope: string;
            /** Title */
            title: string;
        };
        /**
         * Health
         * @description Answer of /healthz.
         */
        Health: {
            /**
             * Status
             * @constant
             */
            status: "ok";
            /** Version */
            version: string;
        };
        /**
         * Histogram
         * @description Counts between consecutive edges.
         */
        Histogram: {
            /** Counts */
            counts: number[];
            /** Edges */
            edges: number[];
        };
        /**
         * HoldingBody
         * @description A label that a word of the sentence has, or the sentence itself; see corpora.holding.
         */
        HoldingBody: {
            /** Label */
            label: string;
            /**
             * Side
             * @enum {string}
             */
            side: "source" | "reference";
            /**
             * Value
             * @description Several with | between them.
             */
            value: string;
        };
        /**
         * ImportedSet
         * @description A set as ``ManipulationSet.to_dict`` writes it.
         */
        ImportedSet: {
            /** Interventions */
            interventions: components["schemas"]["InterventionBody"][];
            /** Name */
            name: string;
        };
        /**
         * InterventionBody
         * @description See neurox_core.Intervention.
         */
        InterventionBody: {
            /** Neurons */
            neurons: string[];
            /**
             * Operation
             * @enum {string}
             */
            operation: "zero" | "mean" | "resample" | "set" | "add" | "scale" | "patch";
            /**
             * Positions
             * @default null
             */
            positions: number[] | null;
            /**
             * Scope
             * @default output
             * @enum {string}
             */
            scope: "output" | "recurrence";
            /**
             * Seed
             * @description Of 'resample': where in the random order of tokens it begins.
             * @default 0
             */
            seed: number;
            /**
             * Unit
             * @default raw
             * @enum {string}
             */
            unit: "raw" | "sigma" | "percentile";
            /**
             * Value
             * @default 0
             */
            value: number;
            /**
             * Values
             * @description Of 'patch': a row for each position, a number for each neuron.
             * @default null
             */
            values: number[][] | null;
            /** @default null */
            where: components["schemas"]["WhereBody"] | null;
        };
        /**
         * Job
         * @description Work that takes more than about two seconds.
         */
        Job: {
            /**
             * Cancelling
             * @description It was asked to stop and has not yet done so.
             * @default false
             */
            cancelling: boolean;
            /** Created */
            created: string;
            /** Done */
            done: number;
            error: components["schemas"]["ErrorDetail"] | null;
            /** Eta Seconds */
            eta_seconds: number | null;
            /** Finished */
            finished: string | null;
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "extract" | "score" | "rank" | "stability" | "similarity" | "concepts" | "index" | "ablate" | "check" | "find" | "control" | "bias" | "prune" | "groups" | "try";
            /** Message */
            message: string;
            /** Project */
            project: string;
            /**
             * Result
             * @description By the kind of job; of one that scores or ablates partial while it runs.
             * @default null
             */
            result: components["schemas"]["ScoreResult"] | components["schemas"]["RankingMade"] | components["schemas"]["StabilityResult"] | components["schemas"]["SimilarityResult"] | components["schemas"]["AblationResult"] | components["schemas"]["CheckResult"] | components["schemas"]["FindResult"] | components["schemas"]["ControlResult"] | components["schemas"]["BiasResult"] | components["schemas"]["PruneResult"] | components["schemas"]["GroupsResult"] | components["schemas"]["TryResult"] | null;
            /**
             * State
             * @enum {string}
             */
            state: "queued" | "running" | "done" | "failed" | "cancelled";
            /** Title */
            title: string;
            /** Total */
            total: number;
            /**
             * Unit
             * @description What done and total count, such as 'sentences'.
             */
            unit: string;
        };
        /**
         * JobList
         * @description Jobs of this server, newest first.
         */
        JobList: {
            /** Jobs */
            jobs: components["schemas"]["Job"][];
        };
        /**
         * KeptTranslation
         * @description A sentence with what the model made of it; None where nothing is kept.
         */
        KeptTranslation: {
            /** Reference */
            reference: string;
            /** Sentence */
            sentence: number;
            /** Source */
            source: string;
            /** Translation */
            translation: string | null;
        };
        /**
         * KeptTranslations
         * @description Sentences of the corpus with their kept translations.
         */
        KeptTranslations: {
            /** Items */
            items: components["schemas"]["KeptTranslation"][];
            /** Total */
            total: number;
        };
        /**
         * LabelBody
         * @description A label of words: of the annotation, of the sentence's columns, or made by an annotator.
         */
        LabelBody: {
            /**
             * Against
             * @description One class, told from all others.
             * @default null
             */
            against: string | null;
            /**
             * Classes
             * @description Words of other classes are left out.
             * @default null
             */
            classes: string[] | null;
            /**
             * Minimum
             * @description Classes with fewer words are left out.
             * @default 1
             */
            minimum: number;
            /** Name */
            name: string;
            /** Parameters */
            parameters?: {
                [key: string]: boolean | number | string;
            };
            /**
             * Rest
             * @description Class of words without a label; they are left out if it is empty.
             * @default
             */
            rest: string;
            /**
             * Side
             * @default source
             * @enum {string}
             */
            side: "source" | "reference";
        };
        /**
         * LabelClass
         * @description A class of a label; the examples are its most frequent words.
         */
        LabelClass: {
            /** Examples */
            examples: string[];
            /** Name */
            name: string;
            /** Words */
            words: number;
        };
        /**
         * LabelFile
         * @description A file of labels from the asker's computer, as text.
         */
        LabelFile: {
            /** Content */
            content: string;
            /**
             * File
             * @description Its name, for messages; it is not opened.
             */
            file: string;
            /**
             * Form
             * @description CoNLL-U; a table with a word a line; lines of words and lines of labels; a list of words.
             * @enum {string}
             */
            form: "conllu" | "table" | "pairs" | "words";
            /**
             * Name
             * @description What the label is called. Labels of CoNLL-U and of a table have names of their own; this is put before one that is taken.
             */
            name: string;
            /**
             * Side
             * @default source
             * @enum {string}
             */
            side: "source" | "reference";
            /**
             * Words
             * @description Of pairs, the lines of words; the sentences cut at spaces if missing.
             * @default null
             */
            words: string | null;
            /**
             * Words File
             * @default
             */
            words_file: string;
        };
        /**
         * LabelInfo
         * @description What a label says of the words of the corpus.
         */
        LabelInfo: {
            /** Classes */
            classes: components["schemas"]["LabelClass"][];
            /** Highest */
            highest: number | null;
            /** Labelled */
            labelled: number;
            /**
             * Lowest
             * @description Of a label that is a number.
             */
            lowest: number | null;
            /** Name */
            name: string;
            /** Numeric */
            numeric: boolean;
            /**
             * Words
             * @description Of the corpus.
             */
            words: number;
        };
        /**
         * LabelList
         * @description Everything that labels the words of one side of the corpus.
         */
        LabelList: {
            /** Labels */
            labels: components["schemas"]["LabelSource"][];
        };
        /**
         * LabelSource
         * @description Something that labels words.
         */
        LabelSource: {
            /**
             * Kind
             * @enum {string}
             */
            kind: "annotation" | "column" | "annotator";
            /**
             * Name
             * @description What a LabelBody calls it.
             */
            name: string;
            /** Parameters */
            parameters: components["schemas"]["ParameterInfo"][];
            /** Summary */
            summary: string;
            /** Title */
            title: string;
        };
        /**
         * LabelUsed
         * @description The label of a ranking that was made, with nothing left to a default.
         */
        LabelUsed: {
            /**
             * Against
             * @description One class, told from all others.
             * @default null
             */
            against: string | null;
            /**
             * Classes
             * @description Words of other classes are left out.
             * @default null
             */
            classes: string[] | null;
            /**
             * Minimum
             * @description Classes with fewer words are left out.
             * @default 1
             */
            minimum: number;
            /** Name */
            name: string;
            /** Parameters */
            parameters: {
                [key: string]: boolean | number | string;
            };
            /**
             * Rest
             * @description Class of words without a label; they are left out if it is empty.
             * @default
             */
            rest: string;
            /**
             * Side
             * @default source
             * @enum {string}
             */
            side: "source" | "reference";
        };
        /**
         * LayerInfo
         * @description A place whose units can be read and changed.
         */
        LayerInfo: {
            /** Address */
            address: string;
            /** Layer */
            layer: number;
            /** Scopes */
            scopes: ("output" | "recurrence")[];
            /** Site */
            site: string;
            /**
             * Stack
             * @enum {string}
             */
            stack: "encoder" | "decoder";
            /** Width */
            width: number;
        };
        /**
         * LayerWidth
         * @description A layer and its units.
         */
        LayerWidth: {
            /** Address */
            address: string;
            /** Width */
            width: number;
        };
        /**
         * MarkedRequest
         * @description Which neurons tell marked words from all the others.
         */
        MarkedRequest: {
            /**
             * Layers
             * @default null
             */
            layers: string[] | null;
            /** Model */
            model: string;
            /**
             * Side
             * @default source
             * @enum {string}
             */
            side: "source" | "reference";
            /** Spans */
            spans: components["schemas"]["MarkedSpan"][];
        };
        /**
         * MarkedSpan
         * @description Words of a sentence of the corpus, counted from 0; both ends are marked.
         */
        MarkedSpan: {
            /** First */
            first: number;
            /** Last */
            last: number;
            /** Sentence */
            sentence: number;
        };
        /**
         * MetricInfo
         * @description A metric of a model's task.
         */
        MetricInfo: {
            /** Higher Is Better */
            higher_is_better: boolean;
            /**
             * Logarithmic
             * @description Compared and averaged by its logarithm: perplexity.
             */
            logarithmic: boolean;
            /** Name */
            name: string;
            /**
             * Signature
             * @description How it is made; bs is the number of bootstrap samples.
             */
            signature: string;
        };
        /**
         * MetricResult
         * @description A score of a model that does not translate; baseline and p-value only if it was changed.
         */
        MetricResult: {
            /** Baseline */
            baseline: number | null;
            /**
             * Interval
             * @description Half width of the 95 % confidence interval.
             */
            interval: number;
            /** Name */
            name: string;
            /** P Value */
            p_value: number | null;
            /** Signature */
            signature: string;
            /** Value */
            value: number;
        };
        /**
         * ModelInfo
         * @description A model of a project.
         */
        ModelInfo: {
            /**
             * Extracted
             * @description Layers with activations and statistics on disk.
             */
            extracted: string[];
            /** Family */
            family: string;
            /** Layers */
            layers: components["schemas"]["LayerInfo"][];
            /** Max Tokens */
            max_tokens: number;
            /**
             * Metrics
             * @description What it can be scored by, installed ones included.
             */
            metrics: string[];
            /** Name */
            name: string;
            /** Parameters */
            parameters: number;
            /**
             * Prunable
             * @description Kinds of units that can be taken out for good.
             */
            prunable: ("recurrent" | "feed_forward" | "heads")[];
            /**
             * Source Direction
             * @enum {string}
             */
            source_direction: "ltr" | "rtl" | "auto";
            /** Source Language */
            source_language: string;
            /**
             * Target Direction
             * @enum {string}
             */
            target_direction: "ltr" | "rtl" | "auto";
            /** Target Language */
            target_language: string;
            /**
             * Task
             * @enum {string}
             */
            task: "translation" | "language-modelling" | "classification" | "token-classification" | "encoding";
            /** Title */
            title: string;
            /**
             * Unprunable
             * @description Why none can; empty if some can.
             */
            unprunable: string;
            /**
             * Usual Metrics
             * @description What it is scored by if none are named.
             */
            usual_metrics: string[];
        };
        /**
         * NearestRequest
         * @description Find the tokens of the corpus whose states are nearest to that of a word.
         */
        NearestRequest: {
            /**
             * Beams
             * @default 1
             */
            beams: number;
            /**
             * Count
             * @default 12
             */
            count: number;
            /**
             * Each Sentence
             * @description At most one token of each sentence.
             * @default true
             */
            each_sentence: boolean;
            /** Layer */
            layer: string;
            /**
             * Metric
             * @default cosine
             * @enum {string}
             */
            metric: "cosine" | "euclidean";
            /** Model */
            model: string;
            /**
             * Sentence
             * @default null
             */
            sentence: number | null;
            /**
             * Side
             * @description A word of the source, or of the model's clean output.
             * @default source
             * @enum {string}
             */
            side: "source" | "target";
            /**
             * Text
             * @description A text of the user's own, if no sentence.
             * @default null
             */
            text: string | null;
            /** Word */
            word: number;
        };
        /**
         * NearestResult
         * @description The nearest tokens, nearest first.
         */
        NearestResult: {
            /** Compared */
            compared: number;
            /**
             * Exact
             * @description False: an index was searched, and a nearer one may exist.
             */
            exact: boolean;
            /** Found */
            found: components["schemas"]["NearToken"][];
            /** Layer */
            layer: string;
            /**
             * Metric
             * @enum {string}
             */
            metric: "cosine" | "euclidean";
            /**
             * Tokens
             * @description Of the corpus.
             */
            tokens: number;
            /** Word */
            word: string;
        };
        /**
         * NearToken
         * @description A token of the corpus, in the words around it.
         */
        NearToken: {
            /** Sentence */
            sentence: number;
            /**
             * Spaces
             * @description Whether a space stands before each word.
             */
            spaces: boolean[];
            /**
             * Value
             * @description Cosine, or Euclidean distance.
             */
            value: number;
            /**
             * Word
             * @description Place of its word among `words`, -1 for none.
             */
            word: number;
            /** Words */
            words: string[];
        };
        /**
         * NeuronInfo
         * @description All that is known of one neuron on the corpus.
         */
        NeuronInfo: {
            /** Address */
            address: string;
            /**
             * Bottom Words
             * @description Smoothed z-score, most negative first.
             */
            bottom_words: components["schemas"]["WordScore"][];
            /** Count */
            count: number;
            /** Deviation */
            deviation: number;
            /**
             * Frequent Words
             * @description Mean |z| as in the NeuroX library.
             */
            frequent_words: components["schemas"]["WordScore"][];
            /** Highest */
            highest: components["schemas"]["Context"][];
            histogram: components["schemas"]["Histogram"];
            /** Kurtosis */
            kurtosis: number | null;
            /** Lowest */
            lowest: components["schemas"]["Context"][];
            /** Maximum */
            maximum: number;
            /** Mean */
            mean: number;
            /** Minimum */
            minimum: number;
            /** Model */
            model: string;
            /** Position Variance */
            position_variance: number | null;
            /** Quantiles */
            quantiles: {
                [key: string]: number;
            };
            /** Skewness */
            skewness: number | null;
            /**
             * Text
             * @description What the values are of; a translation is the model's own.
             * @enum {string}
             */
            text: "source" | "reference" | "translation";
            /**
             * Top Words
             * @description Smoothed z-score, largest magnitude first.
             */
            top_words: components["schemas"]["WordScore"][];
            /** Word Variance */
            word_variance: number | null;
        };
        /**
         * NeuronNote
         * @description A neuron worth looking at, and why.
         */
        NeuronNote: {
            /** Address */
            address: string;
            /** Model */
            model: string;
            /** Note */
            note: string;
        };
        /**
         * NewProject
         * @description A project to be made: models by name or folder, and a text.
         */
        NewProject: {
            /**
             * Description
             * @default
             */
            description: string;
            /**
             * Models
             * @description Folders of the server's machine, demo models, or names on a hub.
             */
            models: string[];
            /**
             * References
             * @default null
             */
            references: string | null;
            /**
             * Sources
             * @description Sentences, one a line, each perhaps with its reference after a tab; the demo's text if missing. Without any reference the text stands for itself.
             * @default null
             */
            sources: string | null;
            /** Title */
            title: string;
        };
        /**
         * OpenedModel
         * @description A model that now belongs to the project.
         */
        OpenedModel: {
            /** Name */
            name: string;
            /** Title */
            title: string;
        };
        /**
         * OutcomeBody
         * @description What of an output is looked at; see neurox_core.engine.outcomes.Outcome.
         */
        OutcomeBody: {
            /**
             * Kind
             * @enum {string}
             */
            kind: "contains" | "gives" | "changed" | "reference" | "label" | "column";
            /**
             * Name
             * @default
             */
            name: string;
        };
        /**
         * OutcomeCount
         * @description How many sentences of the corpus come out so.
         */
        OutcomeCount: {
            /** Outcome */
            outcome: string;
            /** Sentences */
            sentences: number;
        };
        /**
         * Output
         * @description A translation. ``changed`` lists the words that differ from the baseline (LCS diff).
         */
        Output: {
            /** Changed */
            changed: number[];
            /** Score */
            score: number;
            /**
             * Truncated
             * @description Cut at the length limit before the model ended.
             */
            truncated: boolean;
            view: components["schemas"]["TextView"];
        };
        /**
         * ParameterInfo
         * @description An option of an analysis or an annotator.
         */
        ParameterInfo: {
            /**
             * Choices
             * @description What a text may be; anything if empty.
             */
            choices: string[];
            /** Default */
            default: boolean | number | string;
            /** Help */
            help: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "bool" | "int" | "float" | "str";
            /** Maximum */
            maximum: number | null;
            /** Minimum */
            minimum: number | null;
            /** Name */
            name: string;
        };
        /**
         * PartScore
         * @description Scores of one part of the corpus; ``p_value`` is None without interventions.
         */
        PartScore: {
            /** Bleu */
            bleu: number;
            /** Bleu Baseline */
            bleu_baseline: number;
            /**
             * Bleu Interval
             * @description Half width of the 95 % confidence interval.
             */
            bleu_interval: number;
            /** Bleu P Value */
            bleu_p_value: number | null;
            /** Changed Sentences */
            changed_sentences: number;
            /** Chrf */
            chrf: number;
            /** Chrf Baseline */
            chrf_baseline: number;
            /** Chrf Interval */
            chrf_interval: number;
            /** Chrf P Value */
            chrf_p_value: number | null;
            /** Part */
            part: string;
            /** Sentences */
            sentences: number;
        };
        /**
         * PatchCell
         * @description A layer or a neuron, at one position or at all that have a counterpart.
         */
        PatchCell: {
            /** Address */
            address: string;
            /**
             * Position
             * @default null
             */
            position: number | null;
        };
        /**
         * PatchedLayer
         * @description What patching a layer recovers of the difference: 0 nothing, 1 all of it.
         */
        PatchedLayer: {
            /** Layer */
            layer: string;
            /**
             * Positions
             * @description Each position alone.
             */
            positions: (number | null)[];
            /** Whole */
            whole: number;
        };
        /**
         * PatchedNeuron
         * @description What patching a neuron recovers.
         */
        PatchedNeuron: {
            /** Effect */
            effect: number;
            /** Estimate */
            estimate: number;
            /** Neuron */
            neuron: string;
            /** Recovered */
            recovered: number;
        };
        /**
         * PatchRequest
         * @description Make interventions of cells of a comparison, and try them on its sentence.
         */
        PatchRequest: {
            /**
             * Beams
             * @description Of the search that translates both sentences, and this one patched.
             * @default 1
             */
            beams: number;
            /** Cells */
            cells: components["schemas"]["PatchCell"][];
            /** Counterfactual */
            counterfactual: string;
            /** Model */
            model: string;
            /** Text */
            text: string;
        };
        /**
         * PatchResult
         * @description Cells as interventions, what they carry over together, and the sentence under them.
         */
        PatchResult: {
            /** After */
            after: string;
            /** Before */
            before: string;
            /** Interventions */
            interventions: components["schemas"]["PresetEdit"][];
            /**
             * Recovered
             * @description 0 nothing of the difference, 1 all of it.
             */
            recovered: number;
            /**
             * Warnings
             * @description What the model has no pieces for.
             */
            warnings: string[];
        };
        /**
         * PlaceShown
         * @description Words that an intervention is limited to.
         */
        PlaceShown: {
            /**
             * Label
             * @default
             */
            label: string;
            /**
             * Pattern
             * @default
             */
            pattern: string;
            /**
             * Value
             * @default
             */
            value: string;
            /** Words */
            words: string[];
        };
        /**
         * PointScore
         * @description A metric with some neurons ablated.
         */
        PointScore: {
            /**
             * Interval
             * @description Half width of the 95 % confidence interval.
             */
            interval: number;
            /**
             * P Value
             * @description Against no ablation; paired bootstrap over texts.
             */
            p_value: number;
            /** Value */
            value: number;
        };
        /**
         * Preset
         * @description A group of neurons that turns a property of the translation.
         *
         *     Of `of` sentences that it was not chosen by, `turned` came out exactly as the model translates
         *     the sentence that differs in that property; `sentences` are some of these.
         */
        Preset: {
            /** Interventions */
            interventions: components["schemas"]["PresetEdit"][];
            /** Model */
            model: string;
            /** Name */
            name: string;
            /** Of */
            of: number;
            /** Sentences */
            sentences: string[];
            /** Turned */
            turned: number;
        };
        /**
         * PresetEdit
         * @description One intervention of a preset, with nothing left to a default.
         */
        PresetEdit: {
            /** Neurons */
            neurons: string[];
            /**
             * Operation
             * @enum {string}
             */
            operation: "zero" | "mean" | "resample" | "set" | "add" | "scale" | "patch";
            /** Positions */
            positions: number[] | null;
            /**
             * Scope
             * @enum {string}
             */
            scope: "output" | "recurrence";
            /**
             * Seed
             * @default 0
             */
            seed: number;
            /**
             * Unit
             * @enum {string}
             */
            unit: "raw" | "sigma" | "percentile";
            /** Value */
            value: number;
            /**
             * Values
             * @default null
             */
            values: number[][] | null;
            /** @default null */
            where: components["schemas"]["PlaceShown"] | null;
        };
        /**
         * Project
         * @description All that the page needs to draw itself.
         */
        Project: {
            corpus: components["schemas"]["CorpusInfo"];
            /** Default Model */
            default_model: string;
            /** Description */
            description: string;
            /** Id */
            id: string;
            /** Models */
            models: components["schemas"]["ModelInfo"][];
            /**
             * Notes
             * @description Known-good neurons, shown first.
             */
            notes: components["schemas"]["NeuronNote"][];
            /**
             * Presets
             * @description Groups of neurons that are known to work.
             */
            presets: components["schemas"]["Preset"][];
            /** Rankings */
            rankings: components["schemas"]["RankingMethod"][];
            /** Title */
            title: string;
            /**
             * Warnings
             * @description Models that cannot be opened, and why.
             */
            warnings: string[];
        };
        /**
         * ProjectList
         * @description The projects of this server.
         */
        ProjectList: {
            /**
             * Demo Models
             * @description Names of models that come along.
             */
            demo_models: string[];
            /**
             * New
             * @description Whether people may make projects here.
             */
            new: boolean;
            /** Projects */
            projects: components["schemas"]["ProjectSummary"][];
        };
        /**
         * ProjectSummary
         * @description One line of the list of projects.
         */
        ProjectSummary: {
            /** Description */
            description: string;
            /** Id */
            id: string;
            /** Title */
            title: string;
        };
        /**
         * PrunedModel
         * @description Make a smaller model one of the project's.
         */
        PrunedModel: {
            /** Job */
            job: string;
            /**
             * Title
             * @default null
             */
            title: string | null;
        };
        /**
         * PrunedScore
         * @description A score of the smaller model beside that of the whole one.
         */
        PrunedScore: {
            /** After */
            after: number;
            /** Before */
            before: number;
            /** Interval */
            interval: number;
            /**
             * Logarithmic
             * @description Compared by its logarithm: perplexity.
             */
            logarithmic: boolean;
            /** P Value */
            p_value: number;
            /** Signature */
            signature: string;
        };
        /**
         * PrunedScores
         * @description Both models on the corpus; seconds are those of decoding.
         */
        PrunedScores: {
            /** Changed Sentences */
            changed_sentences: number;
            /**
             * Metrics
             * @description By name, those of the model's task: BLEU and chrF, perplexity, accuracy.
             */
            metrics: {
                [key: string]: components["schemas"]["PrunedScore"];
            };
            /** Seconds */
            seconds: number[];
            /** Sentences */
            sentences: number;
        };
        /**
         * PruneRequest
         * @description Take the least important units of a model out for good.
         */
        PruneRequest: {
            /**
             * Beams
             * @default 1
             */
            beams: number;
            /**
             * Kind
             * @description Units of the ranking that are considered.
             * @default any
             * @enum {string}
             */
            kind: "any" | "recurrent" | "feed_forward" | "heads";
            /**
             * Label
             * @default null
             */
            label: string | null;
            /** Model */
            model: string;
            /**
             * Part
             * @default null
             */
            part: string | null;
            /**
             * Ranking
             * @description Id of a ranking; by the size of their weights if missing.
             * @default null
             */
            ranking: string | null;
            /**
             * Score
             * @default true
             */
            score: boolean;
            /**
             * Share
             * @description Of the units of a layer.
             * @default 0.2
             */
            share: number;
        };
        /**
         * PruneResult
         * @description A smaller model that was saved.
         */
        PruneResult: {
            /** Bytes */
            bytes: number[];
            /**
             * Dropped
             * @description How many units of each layer.
             */
            dropped: {
                [key: string]: number;
            };
            /**
             * Model
             * @description The whole one.
             */
            model: string;
            /**
             * Name
             * @description What it is called when it is opened.
             */
            name: string;
            /** Parameters */
            parameters: number[];
            /**
             * Passed Over
             * @description Layers of the ranking that decided nothing.
             * @default []
             */
            passed_over: string[];
            /** Ranking */
            ranking: string;
            scores: components["schemas"]["PrunedScores"] | null;
            /** Share */
            share: number;
        };
        /**
         * RankingDetails
         * @description The ``meta`` of the frame with what else an analysis found.
         *
         *     Where the details hold an array of numbers, they hold ``{"$array": name}`` and the frame the
         *     array.
         */
        RankingDetails: {
            /** Details */
            details: {
                [key: string]: unknown;
            };
            /** Id */
            id: string;
            /** Label */
            label: string | null;
        };
        /**
         * RankingInfo
         * @description A ranking that was made; the order comes as a binary frame.
         */
        RankingInfo: {
            /** Created */
            created: string;
            /**
             * Details
             * @description What else the analysis found.
             */
            details: string[];
            /** Family */
            family: string;
            /** Id */
            id: string;
            label: components["schemas"]["LabelUsed"] | null;
            /** Labels */
            labels: components["schemas"]["SubRanking"][];
            /** Layers */
            layers: components["schemas"]["LayerInfo"][];
            /** Method */
            method: string;
            /** Model */
            model: string;
            /** Neurons */
            neurons: number;
            /** Others */
            others: string[];
            /** Parameters */
            parameters: {
                [key: string]: boolean | number | string;
            };
            /** Seed */
            seed: number;
            /** Signature */
            signature: string;
            /** Standardize */
            standardize: boolean | null;
            /** Title */
            title: string;
            /**
             * Words
             * @enum {string}
             */
            words: "first" | "last" | "mean";
        };
        /**
         * RankingList
         * @description The rankings that were made for a model.
         */
        RankingList: {
            /** Rankings */
            rankings: components["schemas"]["RankingInfo"][];
        };
        /**
         * RankingMade
         * @description Result of a job that ranks: the ranking's id, and its first neurons while it is made.
         */
        RankingMade: {
            /**
             * @description What is known so far; None when nothing is, or the ranking is made.
             * @default null
             */
            preview: components["schemas"]["RankingPreview"] | null;
            /** Ranking */
            ranking: string;
        };
        /**
         * RankingMethod
         * @description An analysis that orders neurons, and what it has to be given.
         */
        RankingMethod: {
            /**
             * Family
             * @description individual, cross-model or linguistic.
             */
            family: string;
            /** Formula */
            formula: string;
            /** Name */
            name: string;
            /**
             * Needs
             * @description 'labels' and 'others' have to be given; 'targets' says that labels may be numbers, 'seed' that the seed matters.
             */
            needs: string[];
            /** Parameters */
            parameters: components["schemas"]["ParameterInfo"][];
            /** Reference */
            reference: string;
            /** Standardizable */
            standardizable: boolean;
            /**
             * Standardize
             * @description Whether activations are standardised by default.
             */
            standardize: boolean;
            /** Summary */
            summary: string;
            /** Title */
            title: string;
        };
        /**
         * RankingPart
         * @description A ranking that was made, or one of its labels.
         */
        RankingPart: {
            /**
             * Label
             * @default null
             */
            label: string | null;
            /** Ranking */
            ranking: string;
        };
        /**
         * RankingPreview
         * @description A ranking that is not finished.
         */
        RankingPreview: {
            /**
             * Known
             * @description Neurons that have a score already.
             */
            known: number;
            /** Labels */
            labels: {
                [key: string]: components["schemas"]["FirstNeurons"];
            };
            /**
             * Layers
             * @description What the flat numbers count.
             */
            layers: components["schemas"]["LayerWidth"][];
            /**
             * Note
             * @description How far it has come, such as 'penalty 2 of 6'.
             */
            note: string;
            /** Order */
            order: number[];
            /** Scores */
            scores: number[];
        };
        /**
         * RankingRequest
         * @description Rank the neurons of some layers.
         */
        RankingRequest: {
            /** @default null */
            label: components["schemas"]["LabelBody"] | null;
            /**
             * Layers
             * @description All recorded layers if missing, those of one stack where words are labelled or models compared.
             * @default null
             */
            layers: string[] | null;
            /** Method */
            method: string;
            /** Model */
            model: string;
            /**
             * Others
             * @description Other models of the project.
             */
            others?: string[];
            /**
             * Parameters
             * @description Options of the method; the others have their default.
             */
            parameters?: {
                [key: string]: boolean | number | string;
            };
            /**
             * Seed
             * @default 0
             */
            seed: number;
            /**
             * Standardize
             * @description As the method declares if missing.
             * @default null
             */
            standardize: boolean | null;
            /**
             * Words
             * @description Which of its tokens stand for a word.
             * @default last
             * @enum {string}
             */
            words: "first" | "last" | "mean";
        };
        /**
         * RecordingCost
         * @description What recording the activations of a model on a text takes.
         */
        RecordingCost: {
            /**
             * Bytes
             * @description On disk.
             */
            bytes: number;
            /**
             * Exact
             * @description Whether all sentences were counted, or some to tell from.
             */
            exact: boolean;
            /**
             * Free Bytes
             * @description Of the disk that the workspace is on.
             */
            free_bytes: number;
            /**
             * Max Bytes
             * @description Most that it may take on this server.
             */
            max_bytes: number | null;
            /** Model */
            model: string;
            /** Neurons */
            neurons: number;
            /**
             * Recorded
             * @description Whether it was done already.
             */
            recorded: boolean;
            /**
             * Refused
             * @description Why it cannot begin, and the way out.
             */
            refused: string | null;
            /**
             * Seconds
             * @description On the server's machine, as busy as it is.
             */
            seconds: number;
            /** Sentences */
            sentences: number;
            /** Title */
            title: string;
            /**
             * Tokens
             * @description By stack.
             */
            tokens: {
                [key: string]: number;
            };
        };
        /**
         * RecordingCosts
         * @description The same for some models.
         */
        RecordingCosts: {
            /** Models */
            models: components["schemas"]["RecordingCost"][];
            /**
             * Together
             * @description Why not all of them can be recorded, if there is room for each but not for all; a project can be made of them all the same.
             */
            together: string | null;
        };
        /**
         * RecordingRequest
         * @description Models by name or folder, and a text, of a project that is not made yet.
         */
        RecordingRequest: {
            /**
             * Models
             * @description Folders of the server's machine, demo models, or names on a hub.
             */
            models: string[];
            /**
             * References
             * @default null
             */
            references: string | null;
            /**
             * Sources
             * @description Sentences, one a line, each perhaps with its reference after a tab; the demo's text if missing. Without any reference the text stands for itself.
             * @default null
             */
            sources: string | null;
        };
        /**
         * Removed
         * @description What was deleted.
         */
        Removed: {
            /** Id */
            id: string;
        };
        /**
         * ScopeBody
         * @description A neuron and the words that it is limited to.
         */
        ScopeBody: {
            /** Neuron */
            neuron: string;
            where: components["schemas"]["WhereBody"];
        };
        /**
         * ScopesRequest
         * @description Ask which words of some texts neurons are limited to.
         */
        ScopesRequest: {
            /**
             * Beams
             * @default 1
             */
            beams: number;
            /** Model */
            model: string;
            /** Scopes */
            scopes: components["schemas"]["ScopeBody"][];
            /** Sentences */
            sentences?: number[];
            /** Texts */
            texts?: string[];
        };
        /**
         * ScopesResult
         * @description In the order of the request.
         */
        ScopesResult: {
            /** Scopes */
            scopes: components["schemas"]["ScopeWords"][];
            /** Texts */
            texts: number;
        };
        /**
         * ScopeWords
         * @description Words that a scope means: of the sources, or for a decoder of the clean translations.
         */
        ScopeWords: {
            /** Count */
            count: number;
            /**
             * Texts
             * @description How many of the texts have such a word.
             */
            texts: number;
            /**
             * Words
             * @description The first of them, each once.
             */
            words: string[];
            /**
             * Wrong
             * @description Why the scope cannot be used, if it cannot.
             */
            wrong: string | null;
        };
        /**
         * ScoreRequest
         * @description Score the whole corpus, clean and under interventions.
         */
        ScoreRequest: {
            /**
             * Beams
             * @default 1
             */
            beams: number;
            /** Interventions */
            interventions: components["schemas"]["InterventionBody"][];
            /** Model */
            model: string;
            /**
             * Part
             * @default null
             */
            part: string | null;
        };
        /**
         * ScoreResult
         * @description Result, or partial result, of a score job.
         */
        ScoreResult: {
            /** Bleu Signature */
            bleu_signature: string;
            /**
             * Changed Sentences
             * @description Of a model that does not translate; parts have their own.
             * @default null
             */
            changed_sentences: number | null;
            /**
             * Changed Translations
             * @default
             */
            changed_translations: string;
            /** Chrf Signature */
            chrf_signature: string;
            /**
             * Clean Translations
             * @description Name of what was translated, for /kept; that of the clean model.
             * @default
             */
            clean_translations: string;
            /** Complete */
            complete: boolean;
            /**
             * Metrics
             * @description Of a model that does not translate, in place of parts.
             */
            metrics: components["schemas"]["MetricResult"][];
            /** Model */
            model: string;
            /** Parts */
            parts: components["schemas"]["PartScore"][];
            /** Scored */
            scored: number;
        };
        /**
         * Sentence
         * @description One sentence of the corpus.
         */
        Sentence: {
            /** Columns */
            columns: {
                [key: string]: string;
            };
            /** Index */
            index: number;
            /** Part */
            part: string;
            reference: components["schemas"]["TextView"];
            /** Reference Labels */
            reference_labels: {
                [key: string]: string[];
            };
            source: components["schemas"]["TextView"];
            /**
             * Source Labels
             * @description Label name to one value a word.
             */
            source_labels: {
                [key: string]: string[];
            };
        };
        /**
         * SentencePage
         * @description A window on the corpus.
         */
        SentencePage: {
            /** Offset */
            offset: number;
            /** Sentences */
            sentences: components["schemas"]["Sentence"][];
            /** Total */
            total: number;
        };
        /**
         * SetBody
         * @description A manipulation set to keep: interventions of one model under a name.
         */
        SetBody: {
            /** Interventions */
            interventions: components["schemas"]["InterventionBody"][];
            /** Model */
            model: string;
            /** Name */
            name: string;
        };
        /**
         * SetInfo
         * @description A kept set. ``score`` is the newest job that scored the corpus with it as it is now.
         */
        SetInfo: {
            /** Created */
            created: string;
            /** Id */
            id: string;
            /** Interventions */
            interventions: components["schemas"]["PresetEdit"][];
            /** Model */
            model: string;
            /** Name */
            name: string;
            /** Neurons */
            neurons: number;
            /** Score */
            score: string | null;
        };
        /**
         * SetList
         * @description Sets of a model, oldest first.
         */
        SetList: {
            /** Sets */
            sets: components["schemas"]["SetInfo"][];
        };
        /**
         * SetsImport
         * @description Several sets at once, such as those of an exported file; all are kept or none.
         */
        SetsImport: {
            /** Model */
            model: string;
            /** Sets */
            sets: components["schemas"]["ImportedSet"][];
        };
        /**
         * Setting
         * @description A named list of interventions, decoded as one row of the batch.
         */
        Setting: {
            /** Interventions */
            interventions: components["schemas"]["InterventionBody"][];
            /**
             * Name
             * @default changed
             */
            name: string;
        };
        /**
         * SimilarityRequest
         * @description Compare the layers of a model with one another, or with those of another model.
         */
        SimilarityRequest: {
            /** Model */
            model: string;
            /**
             * Other
             * @default null
             */
            other: string | null;
            /**
             * Stack
             * @default encoder
             * @enum {string}
             */
            stack: "encoder" | "decoder";
            /**
             * Words
             * @default last
             * @enum {string}
             */
            words: "first" | "last" | "mean";
        };
        /**
         * SimilarityResult
         * @description Linear CKA, 0 to 1, of layers; None where a layer never changes.
         */
        SimilarityResult: {
            /** Columns */
            columns: string[];
            /** Rows */
            rows: string[];
            /** Tokens */
            tokens: number;
            /** Values */
            values: (number | null)[][];
        };
        /**
         * SliceInfo
         * @description A slice and its scores; sentences may be in several slices.
         */
        SliceInfo: {
            /**
             * @description Of a translation model, once more.
             * @default null
             */
            bleu: components["schemas"]["SliceMetricBody"] | null;
            /** Changed Sentences */
            changed_sentences: number | null;
            /** @default null */
            chrf: components["schemas"]["SliceMetricBody"] | null;
            /**
             * Metrics
             * @description By the metric's name.
             */
            metrics: {
                [key: string]: components["schemas"]["SliceMetricBody"];
            };
            /** Name */
            name: string;
            /** Sentences */
            sentences: number;
        };
        /**
         * SliceMetricBody
         * @description A score of a slice; what compares it with the clean model only under interventions.
         */
        SliceMetricBody: {
            /**
             * Baseline
             * @description Of the clean model.
             */
            baseline: number | null;
            /** Difference */
            difference: number | null;
            /**
             * Difference Interval
             * @description Half width, from paired samples.
             */
            difference_interval: number | null;
            /**
             * Interval
             * @description Half width of the 95 % confidence interval.
             */
            interval: number;
            /** P Value */
            p_value: number | null;
            /** Value */
            value: number;
        };
        /**
         * SliceSentence
         * @description A sentence of a slice, what the model made of it, and the score of each.
         */
        SliceSentence: {
            /** Changed */
            changed: string | null;
            /**
             * Chrf
             * @description Of a translation model, once more.
             * @default null
             */
            chrf: number | null;
            /**
             * Chrf Changed
             * @default null
             */
            chrf_changed: number | null;
            /** Clean */
            clean: string;
            /** Reference */
            reference: string;
            /**
             * Score
             * @description In the metric that the answer names; null of a text with nothing to score.
             */
            score: number | null;
            /** Score Changed */
            score_changed: number | null;
            /** Sentence */
            sentence: number;
            /** Source */
            source: string;
        };
        /**
         * SliceSentences
         * @description A window on a slice.
         */
        SliceSentences: {
            /**
             * Metric
             * @description chrF, a text's own perplexity, or how many labels are right.
             */
            metric: string;
            /** Offset */
            offset: number;
            /** Sentences */
            sentences: components["schemas"]["SliceSentence"][];
            /** Total */
            total: number;
        };
        /**
         * SliceSentencesRequest
         * @description A window on the sentences of a slice.
         */
        SliceSentencesRequest: {
            /**
             * Beams
             * @default 1
             */
            beams: number;
            /** Interventions */
            interventions?: components["schemas"]["InterventionBody"][];
            label: components["schemas"]["LabelBody"];
            /**
             * Least
             * @description Slices of fewer sentences are left out.
             * @default 5
             */
            least: number;
            /**
             * Limit
             * @default 20
             */
            limit: number;
            /** Model */
            model: string;
            /** Name */
            name: string;
            /**
             * Offset
             * @default 0
             */
            offset: number;
            /**
             * Order
             * @description As in the corpus, worst first, or what got most worse first.
             * @default corpus
             * @enum {string}
             */
            order: "corpus" | "worst" | "change";
            /**
             * Start
             * @description Start translating the corpus if that was not done; else 409, not_scored.
             * @default true
             */
            start: boolean;
        };
        /**
         * SlicesRequest
         * @description Scores of the sentences that have each value of a label.
         */
        SlicesRequest: {
            /**
             * Beams
             * @default 1
             */
            beams: number;
            /** Interventions */
            interventions?: components["schemas"]["InterventionBody"][];
            label: components["schemas"]["LabelBody"];
            /**
             * Least
             * @description Slices of fewer sentences are left out.
             * @default 5
             */
            least: number;
            /** Model */
            model: string;
            /**
             * Start
             * @description Start translating the corpus if that was not done; else 409, not_scored.
             * @default true
             */
            start: boolean;
        };
        /**
         * SlicesResult
         * @description All slices of a label, and the whole corpus.
         */
        SlicesResult: {
            /**
             * Bleu Signature
             * @default
             */
            bleu_signature: string;
            /**
             * Chrf Signature
             * @default
             */
            chrf_signature: string;
            /** Label */
            label: string;
            /**
             * Left Out
             * @description Slices of too few sentences.
             */
            left_out: number;
            /**
             * Metrics
             * @description Of the model's task, the most usual first.
             */
            metrics: components["schemas"]["MetricInfo"][];
            /** Model */
            model: string;
            /** Slices */
            slices: components["schemas"]["SliceInfo"][];
            whole: components["schemas"]["SliceInfo"];
        };
        /**
         * StabilityPart
         * @description Overlap at k of resampled rankings with the ranking.
         */
        StabilityPart: {
            /** Chance */
            chance: number;
            /** High */
            high: number;
            /** K */
            k: number;
            /** Level */
            level: number;
            /** Low */
            low: number;
            /** Mean */
            mean: number;
            /** Name */
            name: string;
            /** Overlaps */
            overlaps: number[];
            /** Resamples */
            resamples: number;
            /** Signature */
            signature: string;
            /**
             * Unit
             * @enum {string}
             */
            unit: "sentences" | "rows";
            /** Units */
            units: number;
        };
        /**
         * StabilityRequest
         * @description Make a ranking again on resampled sentences.
         */
        StabilityRequest: {
            /**
             * K
             * @default null
             */
            k: number | null;
            /**
             * Resamples
             * @default 20
             */
            resamples: number;
        };
        /**
         * StabilityResult
         * @description Result of a stability job, with one of each label.
         */
        StabilityResult: {
            /** Chance */
            chance: number;
            /**
             * Complete
             * @description False while resamples are still to come.
             * @default true
             */
            complete: boolean;
            /** High */
            high: number;
            /** K */
            k: number;
            /** Labels */
            labels: {
                [key: string]: components["schemas"]["StabilityPart"];
            };
            /** Level */
            level: number;
            /** Low */
            low: number;
            /** Mean */
            mean: number;
            /** Name */
            name: string;
            /** Overlaps */
            overlaps: number[];
            /** Resamples */
            resamples: number;
            /** Signature */
            signature: string;
            /**
             * Unit
             * @enum {string}
             */
            unit: "sentences" | "rows";
            /** Units */
            units: number;
        };
        /**
         * SubRanking
         * @description The ranking of one label.
         */
        SubRanking: {
            /** Label */
            label: string;
            /** Signature */
            signature: string;
        };
        /**
         * TextView
         * @description A text as words, and as the pieces that the model sees.
         *
         *     ``spaces[i]`` tells whether a space stands before word i. ``piece_words[j]`` is the word that
         *     piece j belongs to, -1 for special tokens.
         */
        TextView: {
            /** Piece Words */
            piece_words: number[];
            /** Pieces */
            pieces: string[];
            /** Spaces */
            spaces: boolean[];
            /** Text */
            text: string;
            /** Words */
            words: string[];
        };
        /**
         * TokenAlternative
         * @description A token that could have stood at a step, with its natural-log probability.
         */
        TokenAlternative: {
            /** Logprob */
            logprob: number;
            /** Piece */
            piece: string;
            /** Token */
            token: number;
        };
        /**
         * TranslatedItem
         * @description One source with its baseline and one output a setting, in the request's order.
         */
        TranslatedItem: {
            baseline: components["schemas"]["Output"];
            /** Outputs */
            outputs: components["schemas"]["Output"][];
            /** Sentence */
            sentence: number | null;
            source: components["schemas"]["TextView"];
            /** Warnings */
            warnings: string[];
        };
        /**
         * TranslateRequest
         * @description Translate sentences of the corpus, texts of the user's own, or both, clean and changed.
         */
        TranslateRequest: {
            /**
             * Beams
             * @default 1
             */
            beams: number;
            /** Model */
            model: string;
            /** Project */
            project: string;
            /**
             * Request
             * @description The client's own number, handed back.
             * @default 0
             */
            request: number;
            /** Sentences */
            sentences?: number[];
            /** Settings */
            settings?: components["schemas"]["Setting"][];
            /** Texts */
            texts?: string[];
        };
        /**
         * TranslateResponse
         * @description Answer to a TranslateRequest. Superseded answers carry no items.
         */
        TranslateResponse: {
            /** Items */
            items: components["schemas"]["TranslatedItem"][];
            /** Milliseconds */
            milliseconds: number;
            /** Request */
            request: number;
            /** Superseded */
            superseded: boolean;
        };
        /**
         * TriedExample
         * @description A sentence that the edit changed.
         */
        TriedExample: {
            /** After */
            after: string;
            /** Before */
            before: string;
            /** Source */
            source: string;
        };
        /**
         * TriedMetric
         * @description A corpus score under the edit, against none.
         */
        TriedMetric: {
            /** Baseline */
            baseline: number;
            /** Change */
            change: number;
            /**
             * Logarithmic
             * @description Compared by its logarithm: perplexity.
             */
            logarithmic: boolean;
            /** P Value */
            p_value: number | null;
            /** Signature */
            signature: string;
            /** Value */
            value: number;
        };
        /**
         * TryRequest
         * @description Apply an edit to the whole corpus: how often does it do what it did to one sentence?
         */
        TryRequest: {
            /**
             * Beams
             * @default 1
             */
            beams: number;
            /**
             * @description It is meant for sentences in which this holds; the others are elsewhere.
             * @default null
             */
            holding: components["schemas"]["HoldingBody"] | null;
            /** Interventions */
            interventions: components["schemas"]["InterventionBody"][];
            /** Model */
            model: string;
            /**
             * Sentences
             * @description The first so many of the corpus; all by default.
             * @default null
             */
            sentences: number | null;
            /** Wanted */
            wanted: string;
            /**
             * Word
             * @description A word of translations that the edit should turn.
             */
            word: string;
        };
        /**
         * TryResult
         * @description What an edit does where its word is, and elsewhere.
         */
        TryResult: {
            /**
             * Beams
             * @default 1
             */
            beams: number;
            /** Broken Examples */
            broken_examples: components["schemas"]["TriedExample"][];
            /** Changed Elsewhere */
            changed_elsewhere: number;
            /**
             * Changed Otherwise
             * @description Sentences with the word that changed, but not so.
             */
            changed_otherwise: number;
            /** @default null */
            holding: components["schemas"]["HoldingBody"] | null;
            /** Interventions */
            interventions: components["schemas"]["PresetEdit"][];
            /**
             * Metrics
             * @description By name, those of the model's task: BLEU and chrF, perplexity, or accuracy.
             */
            metrics: {
                [key: string]: components["schemas"]["TriedMetric"];
            };
            /** Sentences */
            sentences: number;
            /**
             * Sentences Holding
             * @description Sentences in which that holds.
             * @default null
             */
            sentences_holding: number | null;
            /** Turned */
            turned: number;
            /**
             * Turned Elsewhere
             * @description Those of them that were turned.
             * @default null
             */
            turned_elsewhere: number | null;
            /** Turned Examples */
            turned_examples: components["schemas"]["TriedExample"][];
            /** Wanted */
            wanted: string;
            /**
             * Warnings
             * @description Of words that the model has no pieces for.
             */
            warnings: string[];
            /** With Word */
            with_word: number;
            /** Without Word */
            without_word: number;
            /** Word */
            word: string;
            /**
             * Word Elsewhere
             * @description Sentences with the word in which it does not hold.
             * @default null
             */
            word_elsewhere: number | null;
        };
        /**
         * VerifiedNeuron
         * @description Estimated effect, and that of a real intervention.
         */
        VerifiedNeuron: {
            /** Effect */
            effect: number;
            /** Estimate */
            estimate: number;
            /** Neuron */
            neuron: string;
        };
        /**
         * WhereBody
         * @description Words that neurons are limited to; see neurox_core.interventions.Where.
         *
         *     Those of the source, or for the decoder of a translation model those that it has written.
         */
        WhereBody: {
            /**
             * Label
             * @default
             */
            label: string;
            /**
             * Pattern
             * @description A regular expression that matches the whole word.
             * @default
             */
            pattern: string;
            /**
             * Value
             * @description What the label says of the word; several with | between them.
             * @default
             */
            value: string;
            /**
             * Words
             * @description One of these, whatever the case.
             * @default []
             */
            words: string[];
        };
        /**
         * WordScore
         * @description A word that a neuron answers to.
         */
        WordScore: {
            /** Count */
            count: number;
            /** Mean */
            mean: number;
            /** Score */
            score: number;
            /** Word */
            word: string;
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
    bias_material: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BiasMaterial"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    check: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CheckRequest"];
            };
        };
        responses: {
            /** @description Started; poll the job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_jobs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobList"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    show_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    cancel_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_projects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectList"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewProject"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectSummary"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    show_project: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Removed"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    start_ablation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AblationRequest"];
            };
        };
        responses: {
            /** @description Started; poll the job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    activations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActivationsRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    compare_rankings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AgreementRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgreementInfo"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    attention: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AttentionRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    attribute_word: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AttributionRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttributionResult"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    start_bias: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BiasRequest"];
            };
        };
        responses: {
            /** @description Started; poll the job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    compare: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CompareRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompareResult"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    start_concepts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConceptsRequest"];
            };
        };
        responses: {
            /** @description Started; poll the job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    start_control: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ControlRequest"];
            };
        };
        responses: {
            /** @description Started; poll the job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    find_counterparts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CounterpartsRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CounterpartsResult"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    decoding: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DecodingRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecodingResult"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    start_extract: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExtractRequest"];
            };
        };
        responses: {
            /** @description Started; poll the job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    find: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FindRequest"];
            };
        };
        responses: {
            /** @description Started; poll the job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    ablate_groups: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GroupsRequest"];
            };
        };
        responses: {
            /** @description Started; poll the job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    kept_translations: {
        parameters: {
            query: {
                count?: number;
                first?: number;
                name: string;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptTranslations"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_label_files: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddedLabelsList"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    add_label_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LabelFile"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddedLabels"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    remove_label_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                identifier: string;
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Removed"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_labels: {
        parameters: {
            query?: {
                side?: "source" | "reference";
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelList"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    show_label: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LabelBody"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelInfo"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    rank_marked: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MarkedRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RankingInfo"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    show_concepts: {
        parameters: {
            query?: {
                stack?: "encoder" | "decoder";
            };
            header?: never;
            path: {
                model: string;
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    show_neuron: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                address: string;
                model: string;
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NeuronInfo"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    estimate_recording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingCost"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    find_nearest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NearestRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NearestResult"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PatchRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PatchResult"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    start_pruning: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PruneRequest"];
            };
        };
        responses: {
            /** @description Started; poll the job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    open_pruned: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PrunedModel"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenedModel"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    remove_pruned: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Removed"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_rankings: {
        parameters: {
            query?: {
                model?: string | null;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RankingList"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    make_ranking: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RankingRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RankingInfo"];
                };
            };
            /** @description Started; poll the job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    show_ranking: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                ranking: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RankingInfo"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    remove_ranking: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                ranking: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Removed"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    ranking_details: {
        parameters: {
            query?: {
                label?: string | null;
            };
            header?: never;
            path: {
                project: string;
                ranking: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    export_ranking: {
        parameters: {
            query?: {
                format?: "csv" | "json" | "parquet";
                label?: string | null;
            };
            header?: never;
            path: {
                project: string;
                ranking: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    ranking_order: {
        parameters: {
            query?: {
                label?: string | null;
            };
            header?: never;
            path: {
                project: string;
                ranking: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    start_stability: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                ranking: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StabilityRequest"];
            };
        };
        responses: {
            /** @description Started; poll the job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    scopes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScopesRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScopesResult"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    start_score: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScoreRequest"];
            };
        };
        responses: {
            /** @description Started; poll the job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_sentences: {
        parameters: {
            query?: {
                limit?: number;
                model?: string | null;
                offset?: number;
                part?: string | null;
                query?: string | null;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentencePage"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_sets: {
        parameters: {
            query: {
                beams?: number;
                model: string;
            };
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetList"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    keep_set: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetBody"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetInfo"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    replace_set: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                identifier: string;
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetBody"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetInfo"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    remove_set: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                identifier: string;
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Removed"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    import_sets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetsImport"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetList"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    start_similarity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SimilarityRequest"];
            };
        };
        responses: {
            /** @description Started; poll the job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    score_slices: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SlicesRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlicesResult"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    slice_sentences: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SliceSentencesRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SliceSentences"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    translate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TranslateRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TranslateResponse"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    try_edit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TryRequest"];
            };
        };
        responses: {
            /** @description Started; poll the job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    estimate_new: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordingRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingCosts"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description An error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
}
