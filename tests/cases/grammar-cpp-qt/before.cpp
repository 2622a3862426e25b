class A : public B {
public:
    void f();
};
