mod bounds;
mod cases;
mod compiled;
mod parts;
mod print;
mod property;
mod reference;
mod table;
