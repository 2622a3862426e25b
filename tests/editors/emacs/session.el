;; emacs --batch -l session.el CONFIG FILE: with the documented configuration, a comment is carried
;; out, undone, and a place explained. Says what it has seen; ends with an error where it has not.
(require 'eglot)
(setq eglot-sync-connect 30 eglot-autoshutdown nil eglot-confirm-server-edits nil)
(load (nth 0 command-line-args-left) nil t)
(defvar homespun-file (nth 1 command-line-args-left))
(setq command-line-args-left nil)

(defun homespun-wait (what test)
  (let ((until (+ (float-time) 60)))
    (while (not (funcall test))
      (when (> (float-time) until)
        (error "Gave up waiting for %s: %s" what (buffer-string)))
      (accept-process-output nil 0.05)))
  (message "ok %s" what))

(defun homespun-action (kind)
  "Do the code action of KIND at point."
  (let ((actions (eglot-code-actions (point) (point) kind)))
    (unless (= (length actions) 1)
      (error "%s actions of kind %s" (length actions) kind))
    (eglot-execute (eglot-current-server) (aref (vconcat actions) 0))))

(find-file homespun-file)
(let ((before (buffer-string)) (file (current-buffer)))
  (apply #'eglot--connect (eglot--guess-contact))
  (homespun-wait "the connection" #'eglot-current-server)
  (goto-char (point-min))
  (search-forward "homespun:")
  (homespun-action "refactor.rewrite.homespun.comment")
  (homespun-wait "the edit" (lambda () (string-search "return a + b" (buffer-string))))
  (eglot-execute (eglot-current-server) '(:title "Undo" :command "homespun.undo"))
  (homespun-wait "the undo" (lambda () (string= before (buffer-string))))
  (goto-char (point-min))
  (forward-line 2)
  (homespun-action "homespun.explain")
  (homespun-wait "the explanation"
                 (lambda () (seq-find (lambda (buffer)
                                        (string-match-p "explanation.md" (buffer-name buffer)))
                                      (buffer-list))))
  (with-current-buffer file
    (let ((hover (jsonrpc-request (eglot-current-server) :textDocument/hover
                                  (eglot--TextDocumentPositionParams))))
      (unless (string-search "It adds" (format "%s" hover))
        (error "No hover: %s" hover))
      (message "ok the hover"))))
(message "all done")
